"""The translation of HTTP to events of API Gateway, compared with golden files."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from local.deploy.api import Route
from local.gateway.event import HttpRequest, authorizer_event_of, event_of, response_of, with_authorizer
from local.gateway.routing import Match

GOLDEN = Path(__file__).parent / "golden"
LIST = Match(Route(method="GET", path="/v2/videos", function="f"), {})
GROUP = Match(Route(method="ANY", path="/v2/groups/{proxy+}", function="f"), {"proxy": "a b/c"})


def request(**changes: Any) -> HttpRequest:
    plain: dict[str, Any] = {
        "method": "GET",
        "path": "/v2/videos",
        "query": "",
        "query_parameters": (),
        "headers": (("host", "127.0.0.1:8080"), ("user-agent", "test/1")),
        "body": b"",
        "source_ip": "127.0.0.1",
        "request_id": "0198c1de-0000-7000-8000-000000000000",
        "received_at": datetime(2026, 3, 1, 12, 30, 5, 250_000, UTC),
    }
    return HttpRequest(**plain | changes)


REQUESTS = {
    "plain_get": (request(), LIST),
    "repeated_query_and_cookies": (
        request(
            query="tag=a&tag=b%20c&empty=",
            query_parameters=(("tag", "a"), ("tag", "b c"), ("empty", "")),
            headers=(
                ("host", "127.0.0.1:8080"),
                ("cookie", "one=1; two=2"),
                ("x-many", "1"),
                ("x-many", "2"),
            ),
        ),
        LIST,
    ),
    "greedy_path_and_json_body": (
        request(
            method="POST",
            path="/v2/groups/a%20b/c",
            headers=(("host", "127.0.0.1:8080"), ("content-type", "application/json; charset=utf-8")),
            body='{"name": "Übung"}'.encode(),
        ),
        GROUP,
    ),
    "binary_body": (
        request(
            method="POST",
            headers=(("host", "127.0.0.1:8080"), ("content-type", "multipart/form-data; boundary=x")),
            body=b"\x00\xff\x10",
        ),
        Match(Route(method="POST", path="/v2/videos", function="f"), {}),
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_becomes_the_golden_event(name: str) -> None:
    assert event_of(*REQUESTS[name]) == json.loads((GOLDEN / f"{name}.json").read_text())


def test_the_authorizer_sees_the_golden_event_without_the_body() -> None:
    event = authorizer_event_of(event_of(*REQUESTS["greedy_path_and_json_body"]))
    assert event == json.loads((GOLDEN / "authorizer.json").read_text())


def test_the_context_of_the_authorizer_reaches_the_function() -> None:
    event = with_authorizer(event_of(request(), LIST), {"account_id": "a1"})
    assert event["requestContext"]["authorizer"] == {"lambda": {"account_id": "a1"}}


def test_a_text_that_is_not_utf8_is_sent_as_base64() -> None:
    event = event_of(request(headers=(("content-type", "text/plain"),), body=b"\xff"), LIST)
    assert event["isBase64Encoded"]
    assert base64.b64decode(event["body"]) == b"\xff"


def test_a_function_answers_with_status_headers_cookies_and_bytes() -> None:
    response = response_of(
        {
            "statusCode": 206,
            "headers": {"content-type": "image/jpeg", "content-range": "bytes 0-1/2"},
            "cookies": ["a=1", "b=2"],
            "body": base64.b64encode(b"\xff\xd8").decode(),
            "isBase64Encoded": True,
        }
    )
    assert (response.status_code, bytes(response.body)) == (206, b"\xff\xd8")
    assert response.headers["content-range"] == "bytes 0-1/2"
    assert response.headers.getlist("set-cookie") == ["a=1", "b=2"]


def test_an_answer_without_a_status_is_the_body_of_a_success() -> None:
    response = response_of({"hello": "you"})
    assert (response.status_code, json.loads(bytes(response.body))) == (200, {"hello": "you"})


@pytest.mark.parametrize("slash", ["%2f", "%2F"])
def test_an_encoded_slash_stays_part_of_its_path_segment(slash: str) -> None:
    event = event_of(request(path=f"/v2/videos/id{slash}transcript"), LIST)
    for path in (event["rawPath"], event["requestContext"]["http"]["path"]):
        assert unquote(path) == f"/v2/videos/id{slash}transcript"
