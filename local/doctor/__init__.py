"""Checks of an installation: what is ok, what was repaired, what is broken and how to fix it."""
