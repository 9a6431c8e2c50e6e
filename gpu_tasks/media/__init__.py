"""Decodes media files sequentially into upright frames and audio with exact times."""

MEDIA_VERSION = 3
"""Part of the keys of results. Increase it when the same file is decoded to other times, pictures or samples."""
