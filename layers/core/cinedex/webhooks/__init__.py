"""Webhooks: events of an account as signed HTTP requests to receivers that the account has registered."""
