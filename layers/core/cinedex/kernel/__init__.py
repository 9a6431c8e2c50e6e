"""What every capability may use: errors, ids, the clock, spans of time, page tokens, text tokens."""
