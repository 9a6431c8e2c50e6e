"""Time limits of the clients of AWS services, so that a request ends even if a service accepts it and never answers.

API Gateway ends a request after 29 seconds: all attempts of one call have to fit, with the pauses between them.
"""

from __future__ import annotations

from typing import Any

from botocore.config import Config

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 5.0
"""Of one attempt of a small request: an item, the start of an execution."""
OBJECT_READ_TIMEOUT_S = 20.0
"""Of one attempt of a request whose body is a file: the store answers when it has written it."""
ATTEMPTS_MAX = 4
OBJECT_ATTEMPTS_MAX = 3


def aws_config(*, read_timeout_s: float = READ_TIMEOUT_S, attempts_max: int = ATTEMPTS_MAX, **options: Any) -> Config:
    """Retries have full jitter, and slow down while a service throttles; `attempts_max` counts the first attempt."""
    return Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=read_timeout_s,
        retries={"mode": "adaptive", "total_max_attempts": attempts_max},
        **options,
    )
