"""The full-text index of the search file: what is in it, and what a search for words finds."""
