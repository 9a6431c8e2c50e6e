"""An error of AWS that means "not now" is 503 with `Retry-After`, or 507 on a full disk; any other is 500."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from cinedex.access.domain.api_keys import Caller, Scope
from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.access.usecases.check_rate_limit import CheckRateLimit
from cinedex.api.errors import register_exception_handlers
from cinedex.api.middleware import RequestMiddleware
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.support.standing_clock import StandingClock

PATHS = {"/v2/things": "reka", "/api/v2/things": "videovector"}
URL = "http://127.0.0.1:9"


def client_error(code: str, status: int, **details: Any) -> ClientError:
    metadata = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": metadata, **details}, "PutItem")


NOT_NOW = [
    EndpointConnectionError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    ReadTimeoutError(endpoint_url=URL),
    client_error("ProvisionedThroughputExceededException", 400),
    client_error("ThrottlingException", 400),
    client_error("RequestLimitExceeded", 400),
    client_error("TransactionInProgressException", 400),
    client_error(
        "TransactionCanceledException", 400, CancellationReasons=[{"Code": "None"}, {"Code": "ThrottlingError"}]
    ),
    client_error("InternalServerError", 500),
    client_error("ServiceUnavailable", 503),
    client_error("SlowDown", 503),
    client_error("503", 503),
    client_error("429", 429),
]
FULL = client_error("InsufficientStorage", 507)
FAULTS = [
    client_error("AccessDeniedException", 400),
    client_error("ValidationException", 400),
    client_error("ResourceNotFoundException", 400),
    client_error("TransactionCanceledException", 400, CancellationReasons=[{"Code": "ValidationError"}]),
]
CALLER = Caller(account_id="a", key_id="k", scope=Scope.READ)
LIMIT = RateLimit(requests_max=10, window_s=60)


class Limiter:
    """Allows every request, or cannot count it."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def take(self, _key_id: str, limit: RateLimit, now: datetime, requests: int = 1) -> RateLimitStatus:
        if self._error:
            raise self._error
        return RateLimitStatus(allowed=True, requests_max=limit.requests_max, used=1, resets_at=now)


def raising(error: Exception) -> Any:
    def call(*_: object) -> Any:
        raise error

    return call


def request(
    path: str,
    *,
    in_route: Exception | None = None,
    authenticating: Exception | None = None,
    counting: Exception | None = None,
) -> Any:
    app = FastAPI()
    register_exception_handlers(app)
    app.add_middleware(
        RequestMiddleware,
        authenticate=lambda: raising(authenticating) if authenticating else (lambda _headers: CALLER),
        check_rate_limit=lambda: CheckRateLimit(Limiter(counting), LIMIT, StandingClock()),
        record_key_use=lambda: lambda _caller: None,
        run_idempotent=None,
    )

    @app.get(path)
    def route() -> None:
        if in_route:
            raise in_route

    return TestClient(app, raise_server_exceptions=False).get(path)


def code_of(path: str, response: Any) -> str:
    error = response.json()["error"]
    return str(error["type"] if PATHS[path] == "reka" else error["code"])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("error", NOT_NOW, ids=lambda error: f"{type(error).__name__} {error}"[:60])
def test_a_store_that_does_not_answer_now_is_503_and_says_when_to_try_again(path: str, error: Exception) -> None:
    response = request(path, in_route=error)
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert code_of(path, response) == {"reka": "server_error", "videovector": "service_unavailable"}[PATHS[path]]


@pytest.mark.parametrize("path", PATHS)
def test_a_full_disk_is_507_with_a_sentence(path: str) -> None:
    response = request(path, in_route=FULL)
    assert (response.status_code, response.headers["retry-after"]) == (507, "60")
    assert code_of(path, response) == {"reka": "server_error", "videovector": "insufficient_storage"}[PATHS[path]]
    assert "disk is full" in response.json()["error"]["message"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("error", "status"), [(NOT_NOW[0], 503), (FULL, 507), (FAULTS[0], 500)])
def test_an_error_while_the_key_is_checked_has_the_same_status(path: str, error: Exception, status: int) -> None:
    assert request(path, authenticating=error).status_code == status


@pytest.mark.parametrize(("error", "status"), [(NOT_NOW[0], 503), (FULL, 200), (FAULTS[0], 500)])
def test_a_full_disk_on_which_requests_cannot_be_counted_still_serves_reads(error: Exception, status: int) -> None:
    assert request("/v2/things", counting=error).status_code == status


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("error", FAULTS, ids=lambda error: str(error)[:60])
def test_any_other_error_of_aws_is_a_fault_of_the_product(path: str, error: Exception) -> None:
    response = request(path, in_route=error)
    assert response.status_code == 500
    assert code_of(path, response) == {"reka": "server_error", "videovector": "internal_error"}[PATHS[path]]
