"""The world of the use cases in memory; `tests/contract` holds each of these to what the AWS adapters do."""
