"""Entities and rules of answers; no I/O."""
