"""Moments that a search returns."""
