"""Converts published weights to int8; see `__main__`."""
