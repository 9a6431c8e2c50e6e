"""The gateway in front of a deployed application: real functions, real streams."""

from __future__ import annotations

import httpx
import pytest

from local.stack import RunningStack


@pytest.fixture
def http(fixture_stack: RunningStack) -> httpx.Client:
    return httpx.Client(base_url=fixture_stack.url, timeout=30, trust_env=False)


def test_a_request_reaches_its_function_with_path_query_cookies_and_caller(http: httpx.Client) -> None:
    headers = {"authorization": "Bearer k", "cookie": "one=1; two=2"}
    event = http.get("/v2/echo/a%20b/c?x=1&x=2", headers=headers).json()
    assert event["routeKey"] == "ANY /v2/echo/{proxy+}"
    assert event["pathParameters"] == {"proxy": "a b/c"}
    assert event["queryStringParameters"] == {"x": "1,2"}
    assert event["cookies"] == ["one=1", "two=2"]
    assert event["requestContext"]["authorizer"]["lambda"] == {"key": "Bearer k"}


def test_status_headers_and_cookies_of_a_function_reach_the_caller(http: httpx.Client) -> None:
    response = http.get("/v2/echo/x")
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_what_an_image_function_writes_is_there_for_the_next_request(http: httpx.Client) -> None:
    assert http.get("/v2/notes/first").status_code == 404
    http.put("/v2/notes/first", content="hello", headers={"content-type": "text/plain"})
    assert http.get("/v2/notes/first").text == "hello"


def test_an_exception_in_a_function_is_a_server_error_without_its_details(http: httpx.Client) -> None:
    response = http.get("/v2/fail")
    assert (response.status_code, response.json()["error"]["type"]) == (500, "server_error")
    assert "secret" not in response.text


def test_the_exception_itself_is_in_the_log_of_the_function(http: httpx.Client, fixture_stack: RunningStack) -> None:
    request_id = http.get("/v2/fail").headers["x-request-id"]
    assert request_id in (fixture_stack.home.logs / "gateway.log").read_text()
    (log,) = fixture_stack.home.logs.glob("*functions.fail.log")
    assert "a secret detail" in log.read_text()


def test_an_unknown_path_is_not_found_in_the_envelope(http: httpx.Client) -> None:
    response = http.get("/v2/nothing")
    assert (response.status_code, response.json()["error"]["type"]) == (404, "not_found_error")


def test_a_stream_arrives_chunk_by_chunk_as_it_is_sent(http: httpx.Client) -> None:
    """The application sends its second event only after it has heard that the first arrived."""
    with http.stream("GET", "/v2/stream") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        chunks = response.iter_raw()
        assert next(chunks) == b"data: hello\n\n"
        assert http.post("/v2/stream").status_code == 204
        assert next(chunks) == b"data: bye\n\n"


def test_only_origins_of_the_template_may_read_answers(http: httpx.Client) -> None:
    allowed = http.get("/v2/echo/x", headers={"origin": "https://console.example"})
    assert allowed.headers["access-control-allow-origin"] == "https://console.example"
    other = http.get("/v2/echo/x", headers={"origin": "https://other.example"})
    assert "access-control-allow-origin" not in other.headers
