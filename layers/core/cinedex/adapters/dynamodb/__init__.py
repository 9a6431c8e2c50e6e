"""Repositories and counters in one DynamoDB table."""
