"""Subtitles of a video: read from files, attached, read by time, and exported."""
