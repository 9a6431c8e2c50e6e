"""Connects ports to adapters: one module for each capability, and `providers` below them."""
