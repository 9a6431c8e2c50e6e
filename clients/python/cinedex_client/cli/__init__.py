"""The commands of the program `cinedex` that talk to a deployment."""
