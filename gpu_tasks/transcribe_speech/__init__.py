"""Transcript of the whole video, with a time for each word."""
