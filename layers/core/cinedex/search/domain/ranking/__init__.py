"""Scores of segments: lexical, semantic, and their fusion."""
