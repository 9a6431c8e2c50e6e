"""Formats videos, moments and answers for a terminal; plain lines when the output is not a terminal."""
