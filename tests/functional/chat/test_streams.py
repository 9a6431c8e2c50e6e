"""Streams of sessions: an error before the stream opens is JSON in the format of this API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.kernel.ids import new_id
from starlette.testclient import TestClient

from functions.chat_stream import app
from tests.functional.api.test_routes import STREAM_ROUTES
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.videovector import error_of

SESSIONS = "/api/v2/chat/sessions"


@pytest.fixture
def session_id(memory_app: InMemoryApp) -> str:
    from cinedex.bootstrap.chat import manage_sessions

    return manage_sessions().create(ACCOUNT, None, None).session_id


@pytest.fixture
def call(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("cinedex.bootstrap.chat.agent", lambda: memory_app.agent)
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    with TestClient(app, headers={"X-Api-Key": secret}) as client:
        yield client


def ask(call: TestClient, session_id: str, key: str | None = None, **fields: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return call.post(f"{SESSIONS}/{session_id}/turns/stream", json={"message": "?", **fields}, headers=headers)


def names(response: Any) -> list[str]:
    return [line.removeprefix("event: ") for line in response.text.splitlines() if line.startswith("event: ")]


def test_a_stream_is_sent_again_for_its_key(call: TestClient, session_id: str) -> None:
    first, again = ask(call, session_id, "k"), ask(call, session_id, "k")
    assert (names(first)[0], names(first)[-1]) == ("turn_started", "turn_completed")
    assert names(again) == ["turn_resumed", *names(first)]
    assert first.headers["cache-control"] == "no-cache"
    assert again.text.endswith(first.text)


@pytest.mark.parametrize(("method", "path"), sorted(STREAM_ROUTES))
def test_a_request_without_a_key_is_rejected_before_the_stream_opens(
    memory_app: InMemoryApp, method: str, path: str
) -> None:
    named = path.format(session_id=new_id(), turn_id=new_id())
    response = TestClient(app).request(method, named, json={"message": "?"} if method == "POST" else None)
    error = error_of(response.json())
    assert (response.status_code, error["code"]) == (401, "authentication_invalid_api_key")
    assert error["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(("method", "path"), sorted(STREAM_ROUTES))
def test_a_session_of_another_account_is_not_found(
    memory_app: InMemoryApp, call: TestClient, session_id: str, method: str, path: str
) -> None:
    _, secret = memory_app.manage_api_keys.create("other", "laptop", Scope.ADMIN)
    other_client = TestClient(app, headers={"X-Api-Key": secret})
    for named in (session_id, new_id(), "nonsense"):
        sent = {"message": "?"} if method == "POST" else None
        response = other_client.request(method, path.format(session_id=named, turn_id=new_id()), json=sent)
        assert (response.status_code, error_of(response.json())["code"]) == (404, "resource_chat_session_not_found")


def test_an_unknown_turn_has_no_stream(call: TestClient, session_id: str) -> None:
    response = call.get(f"{SESSIONS}/{session_id}/turns/{new_id()}/stream")
    assert (response.status_code, error_of(response.json())["code"]) == (404, "resource_chat_turn_not_found")


def test_an_invalid_request_is_rejected_before_the_stream_opens(call: TestClient, session_id: str) -> None:
    for fields, status, code in (
        ({"message": ""}, 422, "validation_error"),
        ({"message": "?", "scope": {"index_ids": [new_id()]}}, 404, "resource_index_not_found"),
    ):
        response = ask(call, session_id, **fields)
        assert (response.status_code, error_of(response.json())["code"]) == (status, code)


def test_a_key_of_another_request_is_rejected_before_the_stream_opens(call: TestClient, session_id: str) -> None:
    ask(call, session_id, "k")
    response = ask(call, session_id, "k", message="Another?")
    assert (response.status_code, error_of(response.json())["code"]) == (409, "idempotency_request_mismatch")
    response = ask(call, session_id, "k", idempotency_key="l")
    assert (response.status_code, error_of(response.json())["code"]) == (422, "idempotency_key_conflict")
