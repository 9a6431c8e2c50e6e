"""The sample clip, what is true of it, and how it is made."""
