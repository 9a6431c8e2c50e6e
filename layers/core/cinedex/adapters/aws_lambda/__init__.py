"""Calls of other Lambda functions."""
