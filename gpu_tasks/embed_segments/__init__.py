"""Vectors of the texts of a video's segments."""
