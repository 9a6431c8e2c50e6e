"""The outbox and the log of events."""
