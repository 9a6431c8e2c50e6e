"""The English grammar of time expressions in queries."""
