"""Every response has the headers of the API, and every error its envelope."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.callers import RATE_HEADERS

UNKNOWN_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
ASKED = {"messages": [{"role": "user", "content": "Why?"}]}

REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/nowhere", {}, 404, "not_found_error"),
    ("GET", "/v2/nowhere", {}, 404, "not_found_error"),
    ("GET", "/v2/videos/a/b/c/d", {}, 404, "not_found_error"),
    ("PUT", "/v2/videos", {}, 405, "validation_error"),
    ("GET", "/v2/search", {}, 405, "validation_error"),
    ("GET", f"/v2/videos/{UNKNOWN_ID}", {}, 404, "not_found_error"),
    ("FOO", "/v2/videos", {}, 405, "validation_error"),
    ("GET", "/v2/videos/line%0Abreak", {}, 404, "not_found_error"),
    ("GET", f"/v2/video-groups/{'a' * 1100}", {}, 404, "not_found_error"),
    ("PATCH", f"/v2/video-groups/{'a' * 1100}", {"json": {"name": "a"}}, 404, "not_found_error"),
    ("DELETE", f"/v2/video-groups/{'a' * 1100}", {}, 404, "not_found_error"),
    (
        "POST",
        "/v2/chat/stream",
        {"json": {**ASKED, "context": [{"video_id": UNKNOWN_ID}]}},
        404,
        "not_found_error",
    ),
    ("GET", "/v2/videos/no-uuid", {}, 400, "validation_error"),
    ("GET", "/v2/videos?ids=no-uuid", {}, 400, "validation_error"),
    ("POST", "/v2/videos", {}, 400, "validation_error"),
    ("POST", "/v2/videos", {"data": {"video_url": "no url"}}, 422, "validation_error"),
    ("POST", "/v2/videos", {"data": {"video_url": "http://a.test/a", "group_id": "none"}}, 404, "not_found_error"),
    ("POST", "/v2/search", {"content": "{", "headers": {"content-type": "application/json"}}, 400, "validation_error"),
    ("POST", "/v2/search", {"json": {"query": "a", "strategy": "magic"}}, 400, "validation_error"),
    ("POST", "/v2/search", {"json": {"query": "a", "page_limit": 51}}, 400, "validation_error"),
    ("POST", "/v2/search", {"json": {"query": "a", "threshold": 0.5}}, 400, "validation_error"),
    ("POST", "/v2/search", {"json": {"query": "a", "page_token": "forged"}}, 400, "validation_error"),
    (
        "POST",
        "/v2/search",
        {"json": {"query": "a", "datetime_from": "2026-02-02T00:00:00Z", "datetime_to": "2026-01-01T00:00:00Z"}},
        400,
        "validation_error",
    ),
    ("POST", "/v2/chat", {"json": {**ASKED, "context": []}}, 400, "validation_error"),
    ("POST", "/v2/chat", {"json": {**ASKED, "context": [{"video_id": UNKNOWN_ID}] * 6}}, 400, "validation_error"),
    ("POST", "/v2/chat", {"json": {**ASKED, "context": [{"video_id": UNKNOWN_ID}]}}, 404, "not_found_error"),
    ("POST", "/v2/chat", {"json": {"messages": [{"role": "system", "content": "a"}]}}, 400, "validation_error"),
    ("POST", "/v2/chat", {"json": {"messages": [{"role": "assistant", "content": "a"}]}}, 400, "validation_error"),
    ("POST", f"/v2/videos/{UNKNOWN_ID}/features/magic", {}, 404, "not_found_error"),
    ("POST", f"/v2/videos/{UNKNOWN_ID}/features/plan", {"json": {"desired": ["magic"]}}, 400, "validation_error"),
    ("GET", "/v2/video-groups/none", {}, 404, "not_found_error"),
    ("DELETE", "/v2/api-keys/none", {}, 404, "not_found_error"),
]


@pytest.mark.parametrize(("method", "path", "sent", "status", "kind"), REFUSED)
def test_an_error_has_the_envelope(
    api: httpx.Client, method: str, path: str, sent: dict[str, Any], status: int, kind: str
) -> None:
    response = api.request(method, path, **sent)
    assert (response.status_code, response.json()["error"]["type"]) == (status, kind)
    assert response.json()["error"]["message"]


@pytest.mark.parametrize(("method", "path", "sent"), [row[:3] for row in REFUSED] + [("GET", "/v2/videos", {})])
def test_every_response_has_a_request_id_and_the_rate_limit(
    api: httpx.Client, method: str, path: str, sent: dict[str, Any]
) -> None:
    headers = api.request(method, path, **sent).headers
    assert len(headers["x-request-id"]) == 32
    assert [name for name in RATE_HEADERS if not headers[name].isdigit()] == []
    assert headers["retry-after"] == "0"


@pytest.mark.parametrize("key", [None, "", "sk_live_wrong", "sk_live_" + "0" * 48])
def test_a_request_without_a_valid_key_gets_no_data(api: httpx.Client, key: str | None) -> None:
    headers = {} if key is None else {"x-api-key": key}
    response = httpx.get(f"{api.base_url}/v2/videos", headers=headers, trust_env=False, timeout=60)
    assert (response.status_code, response.json()["error"]["type"]) == (401, "authentication_error")
    assert response.headers["x-ratelimit-requests-limit"] == "0"


@pytest.mark.parametrize("path", ["/nowhere", "/v2/nowhere", "/api/v2/nowhere", "/api/v2/chat/sessions/a/b/c"])
def test_an_unknown_route_is_401_without_a_valid_key_and_404_with_one(api: httpx.Client, path: str) -> None:
    for headers in ({}, {"x-api-key": "sk_live_bad"}):
        assert httpx.post(f"{api.base_url}{path}", headers=headers, trust_env=False, timeout=60).status_code == 401
    assert api.post(path).status_code == 404


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/v2/videos"])
def test_head_passes_the_gateway(api: httpx.Client, path: str) -> None:
    head, get = api.head(path), api.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize("name", ["X-Api-Key", "x-api-key", "X-API-KEY", "Authorization", "authorization"])
def test_a_key_is_accepted_in_either_header_in_any_case(api: httpx.Client, name: str) -> None:
    key = api.headers["x-api-key"]
    value = f"Bearer {key}" if name.lower() == "authorization" else key
    assert httpx.get(f"{api.base_url}/v2/videos", headers={name: value}, trust_env=False, timeout=60).status_code == 200


def test_a_body_over_the_limit_is_rejected_in_the_envelope(api: httpx.Client) -> None:
    response = api.post("/v2/search", content=b" " * (64 * 1024**2 + 1), headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["error"]["type"]) == (413, "validation_error")
    assert len(response.headers["x-request-id"]) == 32
    assert [name for name in RATE_HEADERS if not response.headers[name].isdigit()] == []


def test_the_metering_switch_and_unknown_headers_are_accepted(api: httpx.Client) -> None:
    headers = {"X-Enable-Overwrite-Metering": "anything", "x-mcp-session-id": "s"}
    assert api.post("/v2/search", json={"query": "a"}, headers=headers).status_code == 200


def test_the_openapi_document_needs_no_key(api: httpx.Client) -> None:
    response = httpx.get(f"{api.base_url}/openapi.json", trust_env=False, timeout=60)
    assert response.json()["openapi"].startswith("3.1")
