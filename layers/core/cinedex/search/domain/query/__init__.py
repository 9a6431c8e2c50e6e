"""Queries: parsing, negation and time expressions."""
