"""API keys, scopes, rate limits and idempotent requests."""
