"""Retries and tool calls of streaming language models."""
