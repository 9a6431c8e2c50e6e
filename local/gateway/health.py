"""The health check of the gateway, which calls no function, and that of the API, which waits for no other request."""

HEALTH_PATH = "/.local/health"
API_HEALTH_PATH = "/health"
