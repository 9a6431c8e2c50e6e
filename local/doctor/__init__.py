"""Looks over an installation: what is well, what it mended, what is broken and how to mend that."""
