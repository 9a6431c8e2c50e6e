"""Latency by the size of the library."""
