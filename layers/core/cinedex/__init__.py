"""Cinedex: video goes in, searchable and citable evidence comes out."""
