"""Retries and errors of a connection to a deployment that is busy, failing or unreachable."""

from __future__ import annotations

import httpx
import pytest
from cinedex_client.connection import ATTEMPTS_MAX, Connection
from cinedex_client.errors import (
    ClientError,
    NotAuthorised,
    NotFound,
    NotReady,
    Overloaded,
    Unreachable,
    WrongRequest,
    WrongUsage,
)

from tests.support.wire import KEY, Wire


def error_response(status: int, message: str = "No.", headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, json={"error": {"type": "x", "message": message}}, headers=headers)


def fine() -> httpx.Response:
    return httpx.Response(200, json={"results": []})


def test_every_request_carries_the_key(wire: Wire) -> None:
    wire.in_turn(fine())
    wire.connection().get("/v2/videos")
    assert wire.requests[0].headers["x-api-key"] == KEY


def test_a_request_to_a_busy_deployment_is_retried_after_its_retry_after(wire: Wire) -> None:
    wire.in_turn(error_response(429, headers={"Retry-After": "7"}), fine())
    assert wire.connection().get("/v2/videos") == {"results": []}
    assert wire.pauses_s == [7.0]


def test_a_request_to_a_failing_deployment_is_retried_after_growing_pauses(wire: Wire) -> None:
    wire.in_turn(error_response(500), error_response(502), error_response(503), fine())
    assert wire.connection().post("/v2/search", {}) == {"results": []}
    longest_s = (0.5, 1.0, 2.0)
    assert [0 <= pause <= most for pause, most in zip(wire.pauses_s, longest_s, strict=True)] == [True] * 3


def test_a_deployment_that_keeps_failing_is_an_error_after_the_last_attempt(wire: Wire) -> None:
    wire.answers = lambda _: error_response(503, "Out of order.")
    with pytest.raises(Overloaded, match="Out of order"):
        wire.connection().get("/v2/videos")
    assert len(wire.requests) == ATTEMPTS_MAX


def test_a_long_retry_after_is_limited(wire: Wire) -> None:
    wire.in_turn(error_response(429, headers={"Retry-After": "3600"}), fine())
    wire.connection().get("/v2/videos")
    assert wire.pauses_s == [30.0]


def test_a_broken_connection_is_retried(wire: Wire) -> None:
    wire.in_turn(httpx.ReadError("cut"), fine())
    assert wire.connection().get("/v2/videos") == {"results": []}


def test_a_connection_that_always_breaks_is_an_overload(wire: Wire) -> None:
    wire.in_turn(*[httpx.ReadError("cut")] * ATTEMPTS_MAX)
    with pytest.raises(Overloaded, match="cut"):
        wire.connection().get("/v2/videos")


def test_a_deployment_that_never_answers_is_given_up_within_two_attempts(wire: Wire) -> None:
    seconds = iter([0.0, 35.0, 70.0])
    wire.in_turn(*[httpx.ReadTimeout("silent")] * ATTEMPTS_MAX)
    with pytest.raises(Overloaded, match=r"did not answer in 2 attempts: silent"):
        wire.connection(clock=lambda: next(seconds)).get("/v2/videos")


def test_a_file_is_sent_again_however_long_the_first_attempt_took(wire: Wire) -> None:
    seconds = iter([0.0, 900.0])
    wire.in_turn(httpx.WriteError("cut"), httpx.Response(200))
    sent = wire.connection(clock=lambda: next(seconds)).put_presigned("http://files.test/a", lambda: b"x", {})
    assert sent.status_code == 200


def test_a_refused_connection_is_reported_without_a_retry(wire: Wire) -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    wire.answers = unreachable
    with pytest.raises(Unreachable, match=r"No deployment answers at http://library\.test") as raised:
        wire.connection().get("/v2/videos")
    assert "cinedex up" in raised.value.hint
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind", "exit_code"),
    [
        (400, WrongRequest, 2),
        (401, NotAuthorised, 3),
        (403, NotAuthorised, 3),
        (404, NotFound, 4),
        (409, NotReady, 5),
        (413, WrongRequest, 2),
        (422, WrongRequest, 2),
    ],
)
def test_an_error_response_has_its_type_and_message_and_is_not_retried(
    wire: Wire, status: int, kind: type[ClientError], exit_code: int
) -> None:
    wire.in_turn(error_response(status, "Because.", {"X-Request-ID": "abc"}))
    with pytest.raises(kind, match=r"Because\.") as raised:
        wire.connection().get("/v2/videos")
    assert type(raised.value) is kind
    assert (raised.value.exit_code, raised.value.request_id) == (exit_code, "abc")


def test_an_error_without_the_envelope_names_the_host(wire: Wire) -> None:
    wire.in_turn(httpx.Response(404, text="<html>nothing here</html>"))
    with pytest.raises(NotFound, match=r"library\.test answered 404"):
        wire.connection().get("/v2/videos")


def test_a_response_that_is_not_json_is_reported_as_a_wrong_address(wire: Wire) -> None:
    wire.in_turn(httpx.Response(200, text="hello"))
    with pytest.raises(ClientError, match="is not one of a Cinedex deployment"):
        wire.connection().get("/v2/videos")


def test_parameters_without_a_value_are_left_out(wire: Wire) -> None:
    wire.in_turn(fine())
    wire.connection().get("/v2/videos/1/scenes", {"page_limit": 50, "page_token": None})
    assert str(wire.requests[0].url.query, "ascii") == "page_limit=50"


@pytest.mark.parametrize(
    ("header", "stages"),
    [
        ("pool;dur=2.5, store;dur=4", {"pool": 2.5, "store": 4.0}),
        ("cache, db;desc=found;x=1, app;dur=1", {"app": 1.0}),
        ("", {}),
    ],
)
def test_server_timing_is_read_into_milliseconds_per_stage(wire: Wire, header: str, stages: dict[str, float]) -> None:
    wire.in_turn(httpx.Response(200, json={"data": []}, headers={"Server-Timing": header}))
    assert wire.connection().post_and_time("/v2/search", {}) == ({"data": []}, stages)


MALFORMED_URLS = (
    "http://[::1",
    "127.0.0.1:18123",
    "ftp://x",
    "",
    "http://",
    "https://:80",
    "http://a..b",
    f"http://{'a' * 64}",
    "http://127.0.0.1:65536",
    "http://x\n",
)


@pytest.mark.parametrize("url", MALFORMED_URLS)
def test_a_malformed_address_is_wrong_usage(url: str) -> None:
    with pytest.raises(WrongUsage) as raised:
        Connection(url, KEY)
    assert raised.value.message == f"The address {url} must begin with http:// or https:// and name a host."
    assert (raised.value.exit_code, raised.value.hint) == (2, "Check --url or CINEDEX_URL.")


@pytest.mark.parametrize("url", ["http://[::1]:8080", "HTTPS://library.test/path", "http://bücher.test:65535"])
def test_an_address_with_a_scheme_and_a_host_is_accepted(url: str) -> None:
    with Connection(url, KEY) as connection:
        assert connection.url.startswith(("http://", "https://"))


@pytest.mark.parametrize("key", ["schlüssel", "two words", "line\n", "a\x7f", "…", "\udcff"])
def test_a_key_that_no_header_can_contain_is_wrong_usage(key: str) -> None:
    with pytest.raises(WrongUsage, match=r"^The API key contains invalid characters\.$"):
        Connection("http://library.test", key)


def test_the_hint_of_a_rejected_key_names_the_home_folder_and_no_fixed_path(wire: Wire) -> None:
    wire.in_turn(error_response(401))
    with pytest.raises(NotAuthorised) as raised:
        wire.connection().get("/v2/videos")
    assert raised.value.hint.endswith("in the file api_key in the home folder of the stack.")
    assert ".cinedex" not in raised.value.hint
