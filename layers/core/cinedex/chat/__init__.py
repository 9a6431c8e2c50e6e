"""Chat sessions and their turns."""
