"""Structured logs, the same in every function and worker."""

from __future__ import annotations

from aws_lambda_powertools import Logger

logger = Logger(service="cinedex")
"""Writes one JSON object for each line; the level comes from POWERTOOLS_LOG_LEVEL."""
