"""Latency of the HTTP layer: the handler alone, and reads through the gateway of a running stack.

python -m benchmarks.api_overhead                       the handler alone, without any store
python -m benchmarks.api_overhead --url URL --key KEY   also reads through a gateway
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import httpx
from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.access.usecases.check_rate_limit import CheckRateLimit
from cinedex.adapters.system_clock import SystemClock
from cinedex.api.middleware import RequestMiddleware
from cinedex.observability import logger

from functions.library_api import app, handler

REPETITIONS = 300
READS = ("/v2/features", "/v2/videos", "/v2/video-groups", "/v2/usage")


class UnlimitedRateLimiter:
    """Allows every request without a store, so that the measurement covers the HTTP layer only."""

    def take(self, _key_id: str, limit: RateLimit, now: datetime, requests: int = 1) -> RateLimitStatus:
        return RateLimitStatus(
            allowed=True, requests_max=limit.requests_max, used=requests, resets_at=now + timedelta(days=1)
        )


def event(path: str) -> dict[str, Any]:
    caller = {"account_id": "a", "key_id": "k", "scope": "read"}
    http = {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""}
    return {
        "version": "2.0",
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api", "x-api-key": "k"},
        "requestContext": {"http": http, "stage": "$default", "authorizer": {"lambda": caller}},
        "isBase64Encoded": False,
    }


def timed_ms(call: Callable[[], object]) -> list[float]:
    """Sorted; excludes the first calls, which are a warm-up."""
    for _ in range(10):
        call()
    times = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def report(name: str, times_ms: list[float]) -> None:
    p95 = times_ms[int(len(times_ms) * 0.95)]
    print(f"{name:<40} p50 {median(times_ms):6.2f} ms   p95 {p95:6.2f} ms   n {len(times_ms)}")


def measure_handler() -> None:
    logger.setLevel("WARNING")
    rate_limit = CheckRateLimit(UnlimitedRateLimiter(), RateLimit(requests_max=1000, window_s=86_400), SystemClock())
    middleware: Any = next(m for m in app.user_middleware if m.cls is RequestMiddleware)
    middleware.kwargs["check_rate_limit"] = lambda: rate_limit
    request = event("/v2/features")
    response = handler(request, None)
    assert json.loads(response["body"])["features"], response
    report("handler alone, GET /v2/features", timed_ms(lambda: handler(request, None)))


def measure_gateway(url: str, key: str) -> None:
    with httpx.Client(base_url=url, headers={"x-api-key": key}, timeout=60, trust_env=False) as client:
        for path in READS:
            report(f"gateway, GET {path}", timed_ms(lambda path=path: client.get(path).raise_for_status()))  # type: ignore[misc]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url")
    options.add_argument("--key", default="")
    chosen = options.parse_args()
    measure_handler()
    if chosen.url:
        measure_gateway(chosen.url, chosen.key)


if __name__ == "__main__":
    main()
