"""Decodes media files sequentially into upright frames and audio with exact times."""
