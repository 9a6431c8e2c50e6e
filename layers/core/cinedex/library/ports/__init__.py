"""Protocols that adapters implement."""
