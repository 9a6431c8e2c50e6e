"""Dropped files and their backfills."""
