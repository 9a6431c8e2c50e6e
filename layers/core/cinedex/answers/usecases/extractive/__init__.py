"""Answers without a language model: quotations of the evidence."""
