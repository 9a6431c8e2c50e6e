"""Adapters in memory for every port; they pass the same tests in `tests/contract` as those for AWS."""
