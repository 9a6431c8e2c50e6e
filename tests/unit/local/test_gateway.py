"""Errors of the gateway have the envelope of the API, and every response carries its request id."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from local.deploy.api import Api, Cors, Route
from local.functions.errors import FunctionFailed, FunctionTimedOut, QueueFull
from local.gateway.app import build
from local.gateway.health import StackHealth
from local.gateway.invocation import Invoked
from local.gateway.streaming import StreamingProxy
from local.own_address import OwnAddress
from tests.support.videovector import error_of

API = Api(
    routes=(
        Route(method="ANY", path="/v2/videos", function="Videos", authorizer="Keys"),
        Route(method="GET", path="/v2/broken", function="Broken"),
        Route(method="GET", path="/v2/hanging", function="Hanging"),
        Route(method="GET", path="/v2/busy", function="Busy", authorizer="Keys"),
        Route(method="GET", path="/v2/queued", function="Queued"),
        Route(method="GET", path="/v2/unchecked", function="Videos", authorizer="Hanging"),
        Route(method="GET", path="/health", function="Busy"),
    ),
    cors=Cors(allow_origins=("*",), allow_methods=("GET",), expose_headers=("x-request-id",)),
)
BASE = "http://127.0.0.1:8080"
ADDRESS = OwnAddress(8080, origins=frozenset({"https://a.example"}))


class ScriptedFunctions:
    """Answers by name and remembers the events."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Mapping[str, Any]]] = []

    async def start(self) -> None:
        self.started = True

    async def close(self) -> None:
        self.started = False

    @contextmanager
    def admission(self, function: str) -> Iterator[None]:
        if function == "Busy":
            raise QueueFull(function, waiting=500, per_s=61.4, retry_after_s=9)
        yield

    async def invoke(self, function: str, event: Mapping[str, Any]) -> Invoked:
        self.events.append((function, event))
        match function:
            case "Broken":
                raise FunctionFailed({"errorMessage": "a secret detail"})
            case "Hanging":
                raise FunctionTimedOut(29)
            case "Keys":
                return Invoked({"isAuthorized": True, "context": {"account_id": "a1"}})
        answer = {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "hello"}
        return Invoked(answer, waited_s=1.25 if function == "Queued" else 0.0)


@pytest.fixture
def functions() -> ScriptedFunctions:
    return ScriptedFunctions()


@pytest.fixture
def client(functions: ScriptedFunctions) -> TestClient:
    unreachable = StreamingProxy("http://127.0.0.1:9", connect_timeout_s=0.0)
    streams = {"/v2/stream": unreachable, "/api/v2/turns/{turn_id}/stream": unreachable}
    return TestClient(build(API, functions, streams, address=ADDRESS, body_bytes_max=10), BASE)


def test_a_stream_whose_application_never_answers_is_unavailable(functions: ScriptedFunctions) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stream = StreamingProxy(f"http://127.0.0.1:{silent.getsockname()[1]}", first_byte_timeout_s=0.05)
        client = TestClient(build(API, functions, {"/v2/stream": stream}, address=ADDRESS, body_bytes_max=10), BASE)
        response = client.post("/v2/stream")
    assert (response.status_code, response.json()["error"]["type"]) == (503, "server_error")


def test_a_function_gets_the_caller_from_the_authorizer(client: TestClient, functions: ScriptedFunctions) -> None:
    assert client.get("/v2/videos").text == "hello"
    assert [name for name, _ in functions.events] == ["Keys", "Videos"]
    assert functions.events[1][1]["requestContext"]["authorizer"] == {"lambda": {"account_id": "a1"}}


@pytest.mark.parametrize(
    ("path", "status", "type_"),
    [
        ("/v2/nothing", 404, "not_found_error"),
        ("/v2/broken", 500, "server_error"),
        ("/v2/hanging", 504, "server_error"),
        ("/v2/busy", 503, "server_error"),
        ("/v2/stream", 503, "server_error"),
    ],
)
def test_errors_of_the_gateway_have_the_envelope(client: TestClient, path: str, status: int, type_: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.json()["error"]["type"] == type_
    assert response.headers["x-request-id"]


def test_a_stream_is_found_by_the_pattern_of_its_path(client: TestClient) -> None:
    assert client.get("/api/v2/turns/a%2Fb/stream").status_code == 503
    for path in ("/api/v2/turns/a/b/stream", "/api/v2/turns//stream", "/api/v2/turns/a/stream/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/api/v2/nothing", 404, "resource_not_found"), ("/api/v2/turns/a/stream", 503, "service_unavailable")],
)
def test_errors_below_api_v2_have_the_envelope_of_videovector(
    client: TestClient, path: str, status: int, code: str
) -> None:
    response = client.get(path)
    assert (response.status_code, error_of(response.json())["code"]) == (status, code)
    assert response.headers["x-request-id"] == response.json()["error"]["request_id"]


def test_a_body_over_the_limit_is_rejected_in_the_envelope(client: TestClient) -> None:
    response = client.post("/v2/videos", content=b"x" * 11)
    assert response.status_code == 413
    assert "10 bytes" in response.json()["error"]["message"]


def test_a_body_of_unknown_length_over_the_limit_is_rejected(client: TestClient) -> None:
    assert client.post("/v2/videos", content=iter([b"x" * 6, b"x" * 6])).status_code == 413


def test_an_internal_error_has_the_request_id_and_no_detail(client: TestClient) -> None:
    response = client.get("/v2/broken")
    assert response.headers["x-request-id"] in response.json()["error"]["message"]
    assert "secret" not in response.text


def test_the_function_and_the_caller_see_the_same_request_id(client: TestClient, functions: ScriptedFunctions) -> None:
    response = client.get("/v2/videos")
    assert response.headers["x-request-id"] == functions.events[1][1]["requestContext"]["requestId"]


def test_a_page_of_an_allowed_origin_may_do_what_the_template_allows(client: TestClient) -> None:
    preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    allowed = client.options("/v2/videos", headers=preflight).headers
    assert allowed["access-control-allow-origin"] == "https://a.example"
    rejected = client.options("/v2/videos", headers=preflight | {"Access-Control-Request-Method": "DELETE"})
    assert rejected.status_code == 400
    assert client.get("/v2/videos", headers=preflight).headers["access-control-expose-headers"] == "x-request-id"


@pytest.mark.parametrize("origin", [None, BASE, "http://localhost:8080"])
def test_no_origin_is_allowed_by_a_response_to_programs_and_pages_of_the_stack(
    functions: ScriptedFunctions, origin: str | None
) -> None:
    app = build(API, functions, {}, address=OwnAddress(8080), body_bytes_max=10)
    response = TestClient(app, BASE).get("/v2/videos", headers={"origin": origin} if origin else {})
    assert response.status_code == 200
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_every_origin_is_allowed_only_by_the_setting(functions: ScriptedFunctions) -> None:
    app = build(API, functions, {}, address=OwnAddress(8080, origins=frozenset("*")), body_bytes_max=10)
    response = TestClient(app, BASE).get("/v2/videos", headers={"origin": "https://b.example"})
    assert response.headers["access-control-allow-origin"] == "*"


def test_a_request_beyond_the_queue_gets_its_length_its_rate_and_when_to_try_again(
    client: TestClient, functions: ScriptedFunctions
) -> None:
    response = client.get("/v2/busy")
    assert response.headers["retry-after"] == "9"
    message = response.json()["error"]["message"]
    assert message == "500 requests wait, and about 61 end per second. Try again in 9 s."
    assert functions.events == [], "not even the authorizer is invoked"


def test_a_key_that_cannot_be_checked_in_time_is_unavailable_and_says_when_to_try_again(client: TestClient) -> None:
    response = client.get("/v2/unchecked")
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")


def test_a_function_that_timed_out_is_named_with_its_limit(client: TestClient) -> None:
    message = client.get("/v2/hanging").json()["error"]["message"]
    assert message == "The request did not end within 29 s and was stopped."


def test_health_is_answered_while_the_queue_is_full(functions: ScriptedFunctions, tmp_path: Path) -> None:
    health = StackHealth("http://127.0.0.1:9/", tmp_path)
    app = build(API, functions, {}, address=ADDRESS, body_bytes_max=10, health=health)
    assert TestClient(app, BASE).get("/health").json()["disk"] == "ok"
    assert functions.events == []


def test_a_request_that_waited_says_for_how_long(client: TestClient) -> None:
    timing = client.get("/v2/queued").headers["server-timing"]
    assert timing == 'queue;dur=1250;desc="waited for a free function"'
    assert "server-timing" not in client.get("/v2/videos").headers


def test_the_functions_are_started_before_the_first_request_and_stopped_with_the_gateway(
    functions: ScriptedFunctions,
) -> None:
    with TestClient(build(API, functions, {}, address=ADDRESS, body_bytes_max=10), BASE):
        assert functions.started
    assert not functions.started


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"host": "rebind.evil.example:8080"}, 421), ({"origin": "http://evil.example"}, 403), ({"origin": "null"}, 403)],
)
@pytest.mark.parametrize("path", ["/v2/videos", "/api/v2/nothing", "/.local/health"])
def test_a_page_of_another_origin_or_with_a_rebound_name_reaches_no_function(
    client: TestClient, functions: ScriptedFunctions, path: str, headers: dict[str, str], status: int
) -> None:
    """It gets a sentence in the error format of the API, and no header of CORS."""
    response = client.get(path, headers=headers)
    assert (response.status_code, functions.events) == (status, [])
    assert next(iter(headers.values())) in response.json()["error"]["message"]
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_a_page_of_another_origin_may_not_ask_first_either(client: TestClient) -> None:
    preflight = {"Origin": "https://other.example", "Access-Control-Request-Method": "GET"}
    assert client.options("/v2/videos", headers=preflight).status_code == 403
