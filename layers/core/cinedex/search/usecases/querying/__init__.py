"""Searches, from request to page of moments."""
