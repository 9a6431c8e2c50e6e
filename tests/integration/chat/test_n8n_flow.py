"""Chat as the n8n node of VideoVector uses it: item 11 of the conformance list of its clients."""

from __future__ import annotations

import httpx
import pytest

from tests.support.sse_reader import received_events

SESSIONS = "/api/v2/chat/sessions"


@pytest.fixture
def session_id(api: httpx.Client) -> str:
    made = api.post(SESSIONS, json={}, headers={"Idempotency-Key": "n8n-session"})
    again = api.post(SESSIONS, json={}, headers={"Idempotency-Key": "n8n-session"})
    assert made.json()["session_id"] == again.json()["session_id"]
    return str(made.json()["session_id"])


def test_a_turn_is_completed_with_text(api: httpx.Client, session_id: str) -> None:
    answer = api.post(
        f"{SESSIONS}/{session_id}/turns",
        json={"message": "What is drunk?", "scope": {}},
        headers={"Idempotency-Key": "n8n-turn"},
    ).json()
    assert (answer["turn"]["session_id"], answer["turn"]["status"]) == (session_id, "completed")
    assert answer["turn"]["assistant_message"]["content"]


def test_a_stream_ends_once_and_is_resumed_with_its_key(api: httpx.Client, session_id: str) -> None:
    path = f"{SESSIONS}/{session_id}/turns/stream"
    first, again = (list(received_events(api, path, "What is drunk?", Idempotency_Key="n8n-stream")) for _ in range(2))
    assert (first[0].name, again[0].name) == ("turn_started", "turn_resumed")
    for events in (first, again):
        assert [e.name for e in events if e.name in ("turn_completed", "error")] == ["turn_completed"]


def test_an_unknown_session_and_an_unknown_route_get_errors_of_this_api(api: httpx.Client) -> None:
    for path, code in (
        (f"{SESSIONS}/nothing/turns/stream", "resource_chat_session_not_found"),
        (f"{SESSIONS}/nothing/turns", "resource_chat_session_not_found"),
    ):
        assert api.post(path, json={"message": "?"}).json()["error"]["code"] == code
    assert api.get("/api/v2/nothing").json()["error"]["code"] == "resource_not_found"
    response = httpx.post(
        f"{api.base_url}{SESSIONS}/x/turns/stream", json={"message": "?"}, trust_env=False, timeout=60
    )
    assert (response.status_code, response.json()["error"]["code"]) == (401, "authentication_invalid_api_key")


def test_the_request_id_of_an_error_is_the_same_in_its_header_and_its_body(api: httpx.Client) -> None:
    for path in (f"{SESSIONS}/nothing/turns/stream", f"{SESSIONS}/nothing/turns"):
        refused = api.post(path, json={"message": "?"})
        assert refused.json()["error"]["request_id"] == refused.headers["x-request-id"]
        assert len(refused.headers.get_list("date")) == 1


def test_an_unusual_url_reaches_the_streaming_application_unchanged(api: httpx.Client) -> None:
    for odd in ("%C2%B38", "%1C", "%00", "%F0%9F%8E%AC"):
        refused = api.get(f"{SESSIONS}/{odd}/turns/%C3%8BB%40%1C/stream")
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "resource_chat_session_not_found"), odd
