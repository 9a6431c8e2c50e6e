"""Reka Vision v2: routes below `/v2`."""
