"""Detection of objects that a prompt names, on demand."""
