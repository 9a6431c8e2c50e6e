"""The agent: a language model that calls tools."""
