"""Retrieval and ranking of segments for one query."""
