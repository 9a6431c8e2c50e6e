"""`cinedex`, the command-line program: one module per command."""
