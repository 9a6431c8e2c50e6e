"""Limits for clients of any port of the stack that do not send their request: of time, of rate, and of number."""
