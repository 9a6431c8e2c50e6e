"""The port of language models."""
