"""The log of events of an account: events are published and then logged, and clients follow the log."""
