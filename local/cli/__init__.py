"""The commands of `cinedex` that belong to the local stack, one module each; entry_points.txt registers them."""
