"""Chat sessions over HTTP in the format of the VideoVector API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.answers.domain.agent import AgentEvent
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.ids import new_id
from starlette.testclient import TestClient

from functions.chat_api import app
from tests.functional.api.test_routes import SESSION_ROUTES
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.turns import ANSWER, RecordingExecutor
from tests.support.videovector import error_of, nulls

SESSIONS = "/api/v2/chat/sessions"


@pytest.fixture
def call(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("cinedex.bootstrap.chat.agent", lambda: memory_app.agent)
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    with TestClient(app, headers={"X-Api-Key": secret}) as client:
        yield client


@pytest.fixture
def session_id(call: TestClient) -> str:
    return str(call.post(SESSIONS, json={}).json()["session_id"])


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Sets a setting of chat for one test."""
    from cinedex.bootstrap.chat import chat_settings

    def chosen(name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        chat_settings.cache_clear()

    yield chosen
    chat_settings.cache_clear()


def ask(call: TestClient, session_id: str, **fields: Any) -> Any:
    return call.post(f"{SESSIONS}/{session_id}/turns", json={"message": "What is drunk?", **fields})


# Sessions


@pytest.mark.parametrize("sent", [{}, {"json": {}}, {"json": {"title": None}}, {"content": b""}])
def test_a_session_is_created_with_or_without_a_body(call: TestClient, sent: dict[str, Any]) -> None:
    created = call.post(SESSIONS, **sent)
    assert created.status_code == 201
    assert (created.json()["title"], created.json()["status"], created.json()["turn_count"]) == (None, "active", 0)
    assert call.get(f"{SESSIONS}/{created.json()['session_id']}").json() == created.json() | {"turns": []}


def test_a_session_without_a_title_gets_one_from_its_first_message(call: TestClient, session_id: str) -> None:
    named = call.post(SESSIONS, json={"title": " Cats "}).json()
    assert named["title"] == "Cats"
    ask(call, session_id, message="What  is\ndrunk in the kitchen? " + "word " * 40)
    title = call.get(f"{SESSIONS}/{session_id}").json()["title"]
    assert title.startswith("What is drunk in the kitchen? word")
    assert title.endswith("word…")
    assert len(title) <= 80


def test_sessions_are_listed_newest_first_in_pages(call: TestClient) -> None:
    created = [call.post(SESSIONS, json={}).json()["session_id"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = call.get(SESSIONS, params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [s["session_id"] for s in page["data"]]
        cursor = page["pagination"]["next_cursor"]
        assert page["pagination"] == {"limit": 2, "has_more": cursor is not None, "next_cursor": cursor}
        if cursor is None:
            break
    assert seen == created[::-1]


def test_a_session_is_deleted_with_its_turns(call: TestClient, session_id: str) -> None:
    turn_id = ask(call, session_id).json()["turn"]["turn_id"]
    gone = call.delete(f"{SESSIONS}/{session_id}")
    assert (gone.status_code, gone.json()["session_id"]) == (200, session_id)
    for path in ("", "/turns", f"/turns/{turn_id}"):
        assert call.get(f"{SESSIONS}/{session_id}{path}").status_code == 404
    assert call.delete(f"{SESSIONS}/{session_id}").status_code == 404


@pytest.mark.parametrize("where", ["Idempotency-Key", "X-Idempotency-Key", "idempotency_key"])
def test_a_session_is_created_once_for_each_key(call: TestClient, where: str) -> None:
    def create(title: str | None) -> Any:
        if where == "idempotency_key":
            return call.post(SESSIONS, json={"title": title, where: "k"})
        return call.post(SESSIONS, json={"title": title}, headers={where: "k"})

    first, again, other = create(None), create(None), create("another")
    assert first.json() == again.json()
    assert (other.status_code, error_of(other.json())["code"]) == (409, "idempotency_request_mismatch")
    assert len(call.get(SESSIONS).json()["data"]) == 1


# Turns


def test_the_response_of_a_turn_has_its_answer_and_its_tool_runs(call: TestClient, session_id: str) -> None:
    response = ask(call, session_id, scope={})
    turn = response.json()["turn"]
    assert response.status_code == 200
    assert (turn["status"], turn["session_id"], turn["turn_index"], turn["error"]) == ("completed", session_id, 0, None)
    assert turn["user_message"]["content"] == "What is drunk?"
    assert turn["assistant_message"]["content"] == ANSWER
    assert [t["status"] for t in turn["tool_trace"]] == ["succeeded", "succeeded"]
    assert turn["stats"]["total_tokens"] == 120
    assert turn["effective_scope"] == {"index_ids": [], "prompt_run_ids": [], "everything": True}
    assert nulls(turn) == []
    assert call.get(f"{SESSIONS}/{session_id}/turns/{turn['turn_id']}").json() == response.json()
    assert call.get(f"{SESSIONS}/{session_id}").json()["turns"] == [turn]


def test_every_citation_refers_to_a_result_of_the_turn(call: TestClient, session_id: str) -> None:
    turn = ask(call, session_id).json()["turn"]
    results = {(s["result_set_id"], r["result_id"]): r for s in turn["result_sets"] for r in s["results"]}
    (citation,) = turn["assistant_message"]["citations"]
    result = results[citation["result_set_id"], citation["result_id"]]
    for name in ("video_id", "segment_id", "start_time", "end_time"):
        assert citation[name] == result[name]
    assert (result["result_type"], result["marker"], result["text_content"]) == ("segment", {}, "A cup of espresso.")


def test_turns_are_listed_oldest_first_in_pages(call: TestClient, session_id: str) -> None:
    created = [ask(call, session_id).json()["turn"] for _ in range(3)]
    first = call.get(f"{SESSIONS}/{session_id}/turns", params={"limit": 2}).json()
    cursor = first["pagination"]["next_cursor"]
    then = call.get(f"{SESSIONS}/{session_id}/turns", params={"limit": 2, "cursor": cursor}).json()
    assert [*first["data"], *then["data"]] == created
    assert then["pagination"] == {"limit": 2, "has_more": False, "next_cursor": None}


def test_the_agent_gets_the_earlier_turns_of_the_session(
    memory_app: InMemoryApp, call: TestClient, session_id: str
) -> None:
    ask(call, session_id, message="First?")
    ask(call, session_id, message="And then?")
    messages = [(m.role.value, m.content) for m in memory_app.agent.tasks[-1].conversation]
    assert messages == [("user", "First?"), ("assistant", ANSWER), ("user", "And then?")]


def test_the_tools_get_the_resolved_scope(memory_app: InMemoryApp, call: TestClient, session_id: str) -> None:
    group = memory_app.groups.create(ACCOUNT, "Cats", {})
    turn = ask(call, session_id, scope={"index_ids": [group.collection_id] * 2}).json()["turn"]
    assert turn["scope"] == {"index_ids": [group.collection_id] * 2, "prompt_run_ids": []}
    assert turn["effective_scope"]["index_ids"] == [group.collection_id]
    assert memory_app.agent.tasks[-1].scope.collection_ids == (group.collection_id,)


def test_ids_of_another_account_are_not_found(memory_app: InMemoryApp, call: TestClient, session_id: str) -> None:
    foreign = memory_app.groups.create("other", "Secrets", {})
    for scope, code in (
        ({"index_ids": [foreign.collection_id]}, "resource_index_not_found"),
        ({"index_ids": ["nonsense"]}, "resource_index_not_found"),
        ({"prompt_run_ids": [new_id()]}, "resource_prompt_run_not_found"),
    ):
        response = ask(call, session_id, scope=scope)
        assert (response.status_code, error_of(response.json())["code"]) == (404, code)
    assert call.get(f"{SESSIONS}/{session_id}").json()["turn_count"] == 0


def test_a_failed_turn_is_stored_with_its_error(memory_app: InMemoryApp, call: TestClient, session_id: str) -> None:
    def fail(_event: AgentEvent) -> None:
        raise Unavailable("The search store is down.")

    memory_app.agent.pause = fail
    response = ask(call, session_id)
    turn = response.json()["turn"]
    assert (response.status_code, turn["status"], turn["assistant_message"]) == (200, "failed", None)
    assert turn["error"] == {"code": "service_unavailable", "message": "The search store is down.", "details": {}}


def test_an_unexpected_error_ends_the_turn_without_its_details(
    memory_app: InMemoryApp, call: TestClient, session_id: str
) -> None:
    def fail(_event: AgentEvent) -> None:
        raise ZeroDivisionError("secret detail")

    memory_app.agent.pause = fail
    response = ask(call, session_id)
    assert (response.json()["turn"]["status"], response.json()["turn"]["error"]["code"]) == ("failed", "internal_error")
    assert "secret" not in response.text


def test_a_turn_that_takes_too_long_is_returned_as_running(
    memory_app: InMemoryApp, call: TestClient, session_id: str, settings: Callable[[str, str], None]
) -> None:
    from threading import Event

    resume = Event()
    memory_app.agent.pause = lambda _event: assert_waited(resume)
    settings("CHAT_WAIT_S", "0.1")
    response = ask(call, session_id, idempotency_key="k")
    assert (response.status_code, response.json()["turn"]["status"]) == (202, "running")
    resume.set()
    settings("CHAT_WAIT_S", "10")
    assert ask(call, session_id, idempotency_key="k").json()["turn"]["status"] == "completed"


def assert_waited(event: Any) -> None:
    assert event.wait(10)


def test_a_running_turn_is_cancelled(
    memory_app: InMemoryApp, call: TestClient, session_id: str, settings: Callable[[str, str], None]
) -> None:
    from threading import Event

    resume = Event()
    memory_app.agent.pause = lambda _event: assert_waited(resume)
    settings("CHAT_WAIT_S", "0")
    turn_id = ask(call, session_id).json()["turn"]["turn_id"]
    path = f"{SESSIONS}/{session_id}/turns/{turn_id}"
    cancelled = call.post(f"{path}/cancel").json()
    assert (cancelled["turn"]["status"], cancelled["turn"]["error"]["code"]) == ("cancelled", "turn_cancelled")
    resume.set()
    assert call.post(f"{path}/cancel").json() == call.get(path).json() == cancelled


# Keys


def test_the_same_key_gets_the_same_turn(memory_app: InMemoryApp, call: TestClient, session_id: str) -> None:
    first, again = (ask(call, session_id, idempotency_key="k") for _ in range(2))
    assert first.json() == again.json()
    assert len(memory_app.agent.tasks) == 1


def test_the_same_key_with_another_message_is_an_error(call: TestClient, session_id: str) -> None:
    ask(call, session_id, idempotency_key="k")
    other = ask(call, session_id, idempotency_key="k", message="Something else?")
    assert (other.status_code, error_of(other.json())["code"]) == (409, "idempotency_request_mismatch")


def test_keys_belong_to_a_session(call: TestClient, session_id: str) -> None:
    other = call.post(SESSIONS, json={}).json()["session_id"]
    turn_ids = [ask(call, s, idempotency_key="k").json()["turn"]["turn_id"] for s in (session_id, other)]
    assert len(set(turn_ids)) == 2


def test_different_keys_in_one_request_are_an_error(call: TestClient, session_id: str) -> None:
    def send(header: str, x_header: str, in_body: str) -> Any:
        headers = {"Idempotency-Key": header, "X-Idempotency-Key": x_header}
        body = {"message": "What is drunk?", "idempotency_key": in_body}
        return call.post(f"{SESSIONS}/{session_id}/turns", json=body, headers=headers)

    for keys in (("a", "b", "a"), ("a", "a", "b"), ("b", "a", "a")):
        response = send(*keys)
        assert (response.status_code, error_of(response.json())["code"]) == (422, "idempotency_key_conflict")
    assert send("a", "a", "a").json()["turn"]["idempotency_key"] == "a"


# Budgets


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("CHAT_TURNS_PER_DAY", "1", "llm_user_budget_exceeded"),
        ("CHAT_TOKENS_PER_DAY", "20050", "llm_daily_budget_exceeded"),
    ],
)
def test_an_exceeded_budget_is_reported_with_its_reset_time(
    call: TestClient, session_id: str, settings: Callable[[str, str], None], name: str, value: str, code: str
) -> None:
    settings(name, value)
    assert ask(call, session_id, idempotency_key="k").status_code == 200
    response = ask(call, session_id)
    error = error_of(response.json())
    assert (response.status_code, error["code"]) == (429, code)
    assert error["details"] == {"reset_time": "2026-03-02T00:00:00Z"}
    assert response.headers["retry-after"] == str(12 * 3600)
    assert ask(call, session_id, idempotency_key="k").status_code == 200
    assert call.get(f"{SESSIONS}/{session_id}").json()["turn_count"] == 1


def test_turns_and_tokens_are_in_the_usage(memory_app: InMemoryApp, call: TestClient, session_id: str) -> None:
    from tests.support.api import Api

    ask(call, session_id)
    from functions.library_api import handler

    total = Api(handler).get("/v2/usage").body["total"]
    assert (total["turns"], total["input_tokens"], total["output_tokens"]) == (1, 100, 20)


# Errors


def path_of(pattern: str) -> str:
    return pattern.format(session_id=new_id(), turn_id=new_id())


@pytest.mark.parametrize(("method", "path"), sorted(SESSION_ROUTES))
def test_a_request_without_a_key_gets_an_error_of_this_api(memory_app: InMemoryApp, method: str, path: str) -> None:
    response = TestClient(app).request(method, path_of(path), json={"message": "?"} if method == "POST" else None)
    error = error_of(response.json())
    assert (response.status_code, error["code"]) == (401, "authentication_invalid_api_key")
    assert error["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(("method", "path"), sorted(r for r in SESSION_ROUTES if "{" in r[1]))
def test_objects_that_do_not_exist_or_belong_to_another_account_are_not_found(
    memory_app: InMemoryApp, call: TestClient, session_id: str, method: str, path: str
) -> None:
    turn_id = ask(call, session_id).json()["turn"]["turn_id"]
    before = call.get(f"{SESSIONS}/{session_id}").json()
    _, secret = memory_app.manage_api_keys.create("other", "laptop", Scope.ADMIN)
    other_client = TestClient(app, headers={"X-Api-Key": secret})
    body = {"message": "?"} if method == "POST" else None
    for session, turn in ((session_id, turn_id), (new_id(), new_id()), ("nonsense", "nonsense"), ("0" * 3000, "%00")):
        response = other_client.request(method, path.format(session_id=session, turn_id=turn), json=body)
        assert (response.status_code, error_of(response.json())["code"]) == (404, "resource_chat_session_not_found")
    assert call.get(f"{SESSIONS}/{session_id}").json() == before


@pytest.mark.parametrize("turn_id", ["01890a5d-ac96-774b-bcce-b302099a8057", "nonsense", "x" * 3000])
def test_an_unknown_turn_is_not_found(call: TestClient, session_id: str, turn_id: str) -> None:
    for response in (
        call.get(f"{SESSIONS}/{session_id}/turns/{turn_id}"),
        call.post(f"{SESSIONS}/{session_id}/turns/{turn_id}/cancel"),
    ):
        assert (response.status_code, error_of(response.json())["code"]) == (404, "resource_chat_turn_not_found")


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"[]", b"null", b'{"message": 5}', b'{"message": ""}', b'{"message": " "}', b'{"message": "\\ud800"}',
     b'{"message": "x", "scope": []}', b'{"message": "x", "idempotency_key": ""}',
     b'{"message": "' + b"x" * 8001 + b'"}'],
)  # fmt: skip
def test_an_invalid_body_gets_an_error_of_this_api(call: TestClient, session_id: str, body: bytes) -> None:
    path, headers = f"{SESSIONS}/{session_id}/turns", {"content-type": "application/json"}
    response = call.post(path, content=body, headers=headers)
    assert (response.status_code, error_of(response.json())["code"]) == (422, "validation_error")
    assert call.get(f"{SESSIONS}/{session_id}").json()["turn_count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v2/nothing", 404, "resource_not_found"),
        ("GET", "/api/v2", 404, "resource_not_found"),
        ("PUT", SESSIONS, 405, "method_not_allowed"),
        ("GET", f"{SESSIONS}?limit=0", 422, "validation_error"),
        ("GET", f"{SESSIONS}?cursor=nonsense", 422, "validation_error"),
    ],
)
def test_errors_of_the_framework_have_the_format_of_this_api(
    call: TestClient, method: str, path: str, status: int, code: str
) -> None:
    response = call.request(method, path)
    assert (response.status_code, error_of(response.json())["code"]) == (status, code)


def test_an_exceeded_rate_limit_gets_an_error_of_this_api(memory_app: InMemoryApp) -> None:
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "slow", Scope.SEARCH, 1)
    client = TestClient(app, headers={"X-Api-Key": secret})
    assert client.get(SESSIONS).status_code == 200
    response = client.get(SESSIONS)
    assert (response.status_code, error_of(response.json())["code"]) == (429, "rate_limit_exceeded")
    assert int(response.headers["retry-after"]) > 0


# The schedule


def test_the_schedule_continues_orphaned_turns_and_no_others(
    memory_app: InMemoryApp, call: TestClient, session_id: str
) -> None:
    from cinedex.bootstrap.chat import start_turn
    from cinedex.chat.usecases.start_turn import TurnRequest

    from functions.resume_turns import handler
    from tests.support.golden import received

    start = replace(start_turn(), executor=RecordingExecutor())
    turn = start(TurnRequest(account_id=ACCOUNT, session_id=session_id, message="What is drunk?")).turn
    assert handler(received("schedule"), None) == {"turns_reclaimed": 0}
    memory_app.clock.advance(seconds=11)
    assert handler(received("schedule"), None) == {"turns_reclaimed": 1}
    ended = call.get(f"{SESSIONS}/{session_id}/turns/{turn.turn_id}").json()["turn"]
    assert (ended["status"], ended["assistant_message"]["content"]) == ("completed", ANSWER)
    assert handler(received("schedule"), None) == {"turns_reclaimed": 0}


def test_turns_that_do_not_fit_into_a_response_are_on_the_next_page(
    call: TestClient, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn has the results of all of its searches."""
    asked = [ask(call, session_id).json()["turn"] for _ in range(3)]
    turns = [turn["turn_id"] for turn in asked]
    monkeypatch.setattr("cinedex.api.response_size.RESPONSE_BYTES_MAX", 2 * len(json.dumps(asked[0])) + 1)
    first = call.get(f"{SESSIONS}/{session_id}/turns").json()
    rest = call.get(f"{SESSIONS}/{session_id}/turns", params={"cursor": first["pagination"]["next_cursor"]}).json()
    assert [[turn["turn_id"] for turn in page["data"]] for page in (first, rest)] == [turns[:2], turns[2:]]
    assert [page["pagination"]["has_more"] for page in (first, rest)] == [True, False]
    latest = call.get(f"{SESSIONS}/{session_id}").json()
    assert ([turn["turn_id"] for turn in latest["turns"]], latest["turn_count"]) == (turns[1:], 3)
