"""Turns that run in threads of this process."""
