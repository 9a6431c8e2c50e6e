"""The health check of the gateway, which calls no function."""

HEALTH_PATH = "/.local/health"
