"""Errors of the gateway have the envelope of the API, and every response carries its request id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from local.deploy.api import Api, Cors, Route
from local.gateway.app import build
from local.gateway.invocation import EmulatorUnreachable, FunctionFailed
from local.gateway.streaming import StreamingProxy
from local.own_address import OwnAddress
from tests.support.videovector import error_of

API = Api(
    routes=(
        Route(method="ANY", path="/v2/videos", function="Videos", authorizer="Keys"),
        Route(method="GET", path="/v2/broken", function="Broken"),
        Route(method="GET", path="/v2/restarting", function="Restarting"),
    ),
    cors=Cors(allow_origins=("*",), allow_methods=("GET",), expose_headers=("x-request-id",)),
)
BASE = "http://127.0.0.1:8080"
ADDRESS = OwnAddress(8080, origins=frozenset({"https://a.example"}))


class ScriptedFunctions:
    """Answers by name and remembers the events."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Mapping[str, Any]]] = []

    async def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        self.events.append((function, event))
        match function:
            case "Broken":
                raise FunctionFailed("a secret detail")
            case "Restarting":
                raise EmulatorUnreachable("connection refused")
            case "Keys":
                return {"isAuthorized": True, "context": {"account_id": "a1"}}
        return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "hello"}


@pytest.fixture
def functions() -> ScriptedFunctions:
    return ScriptedFunctions()


@pytest.fixture
def client(functions: ScriptedFunctions) -> TestClient:
    unreachable = StreamingProxy("http://127.0.0.1:9", connect_timeout_s=0.0)
    streams = {"/v2/stream": unreachable, "/api/v2/turns/{turn_id}/stream": unreachable}
    return TestClient(build(API, functions, streams, address=ADDRESS, body_bytes_max=10), BASE)


def test_a_function_gets_the_caller_from_the_authorizer(client: TestClient, functions: ScriptedFunctions) -> None:
    assert client.get("/v2/videos").text == "hello"
    assert [name for name, _ in functions.events] == ["Keys", "Videos"]
    assert functions.events[1][1]["requestContext"]["authorizer"] == {"lambda": {"account_id": "a1"}}


@pytest.mark.parametrize(
    ("path", "status", "type_"),
    [
        ("/v2/nothing", 404, "not_found_error"),
        ("/v2/broken", 500, "server_error"),
        ("/v2/restarting", 503, "server_error"),
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


def test_a_browser_is_allowed_what_the_template_allows(client: TestClient) -> None:
    preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    assert client.options("/v2/videos", headers=preflight).headers["access-control-allow-origin"] == "*"
    rejected = client.options("/v2/videos", headers=preflight | {"Access-Control-Request-Method": "DELETE"})
    assert rejected.status_code == 400
    assert client.get("/v2/videos", headers=preflight).headers["access-control-expose-headers"] == "x-request-id"
