"""The front door on one machine: HTTP in, API Gateway v2 events to the functions, streams passed through."""
