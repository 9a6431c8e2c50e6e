"""Streams are byte-equal to those recorded from version 0.1, whatever is stored behind them.

Ids differ in each run, so the recordings have SESSION and TURN in their place. One thing was changed since: the
message of the event that says that another process continues a turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.answers.domain.agent import AgentEvent, AnswerDelta, StateChanged, ToolFinished
from cinedex.api import turn_stream
from cinedex.kernel.errors import TooManyRequests, Unavailable
from starlette.testclient import TestClient

from functions.chat_stream import app
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.turns import LEASE, PartlyFailingAgent

RECORDED = Path(__file__).parent / "golden_streams"
SESSIONS = "/api/v2/chat/sessions"
MESSAGE = "What is drunk?\u2028And why?"


class Killed(BaseException):
    """The process has ended: no code of it runs any more."""


@pytest.fixture
def call(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("cinedex.bootstrap.chat.agent", lambda: memory_app.agent)
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    with TestClient(app, headers={"X-Api-Key": secret}) as client:
        yield client


@pytest.fixture
def session_id(memory_app: InMemoryApp) -> str:
    from cinedex.bootstrap.chat import manage_sessions

    return manage_sessions().create(ACCOUNT, None, None).session_id


def ask(call: TestClient, session_id: str, **headers: str) -> bytes:
    named = {"Idempotency-Key": "k"} | {name.replace("_", "-"): value for name, value in headers.items()}
    response = call.post(f"{SESSIONS}/{session_id}/turns/stream", json={"message": MESSAGE}, headers=named)
    assert response.status_code == 200
    return response.content


def turn_of(memory_app: InMemoryApp, session_id: str) -> str:
    return memory_app.chats.list_turns(session_id, 1)[0].turn_id


def assert_recorded(name: str, stream: bytes, **ids: str) -> None:
    for placeholder, value in ids.items():
        stream = stream.replace(value.encode(), placeholder.encode())
    assert stream == (RECORDED / f"{name}.sse").read_bytes()


def raising(memory_app: InMemoryApp, error: BaseException, at: type[AgentEvent]) -> None:  # type: ignore[valid-type]
    def pause(event: AgentEvent) -> None:
        if isinstance(event, at):
            raise error

    memory_app.agent.pause = pause


def test_a_stream_of_a_new_turn(memory_app: InMemoryApp, call: TestClient, session_id: str) -> None:
    stream = ask(call, session_id)
    assert_recorded("completed", stream, SESSION=session_id, TURN=turn_of(memory_app, session_id))


def test_a_stream_of_a_turn_with_a_failed_tool_and_no_citation(
    memory_app: InMemoryApp, call: TestClient, session_id: str
) -> None:
    memory_app.agent = PartlyFailingAgent()
    stream = ask(call, session_id)
    assert_recorded("tool_failed", stream, SESSION=session_id, TURN=turn_of(memory_app, session_id))


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("again_whole", {}),
        ("again_behind_4", {"Last_Event_ID": "4"}),
        ("again_behind_9", {"Last_Event_ID": "9"}),
    ],
)
def test_a_stream_requested_again_with_its_key(
    memory_app: InMemoryApp, call: TestClient, session_id: str, name: str, headers: dict[str, str]
) -> None:
    ask(call, session_id)
    stream = ask(call, session_id, **headers)
    assert_recorded(name, stream, SESSION=session_id, TURN=turn_of(memory_app, session_id))


def test_a_stream_after_the_last_event_has_no_content(
    memory_app: InMemoryApp, call: TestClient, session_id: str
) -> None:
    ask(call, session_id)
    turns, headers = f"{SESSIONS}/{session_id}/turns", {"Last-Event-ID": "10", "Idempotency-Key": "k"}
    for response in (
        call.get(f"{turns}/{turn_of(memory_app, session_id)}/stream", headers=headers),
        call.post(f"{turns}/stream", json={"message": MESSAGE}, headers=headers),
    ):
        assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("last", ["0", "3"])
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "new"}])
def test_a_position_without_a_turn_starts_none(
    memory_app: InMemoryApp, call: TestClient, session_id: str, key: dict[str, str], last: str
) -> None:
    response = call.post(
        f"{SESSIONS}/{session_id}/turns/stream", json={"message": MESSAGE}, headers={"Last-Event-ID": last} | key
    )
    error = response.json()["error"]
    assert (response.status_code, error["details"]) == (422, {"param": "Last-Event-ID"})
    assert error["message"].endswith("there is no such turn. Leave it out to start one.")
    assert memory_app.chats.list_turns(session_id, 9) == []


@pytest.mark.parametrize("last", ["11", "99", "x", "-1"])
def test_a_position_that_the_turn_does_not_have_is_refused(
    memory_app: InMemoryApp, call: TestClient, session_id: str, last: str
) -> None:
    ask(call, session_id)
    turns, headers = f"{SESSIONS}/{session_id}/turns", {"Last-Event-ID": last, "Idempotency-Key": "k"}
    for response in (
        call.get(f"{turns}/{turn_of(memory_app, session_id)}/stream", headers=headers),
        call.post(f"{turns}/stream", json={"message": MESSAGE}, headers=headers),
    ):
        error = response.json()["error"]
        assert (response.status_code, error["details"]) == (422, {"param": "Last-Event-ID"})
    assert memory_app.chats.list_turns(session_id, 9)[1:] == []


@pytest.mark.parametrize(("name", "last"), [("again_whole", ""), ("again_behind_4", "4")])
def test_a_stream_followed_by_the_id_of_its_turn(
    memory_app: InMemoryApp, call: TestClient, session_id: str, name: str, last: str
) -> None:
    ask(call, session_id)
    turn_id = turn_of(memory_app, session_id)
    path = f"{SESSIONS}/{session_id}/turns/{turn_id}/stream"
    stream = call.get(path, headers={"Last-Event-ID": last} if last else {}).content
    assert_recorded(name, stream, SESSION=session_id, TURN=turn_id)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("unavailable", Unavailable("The model is down.")),
        ("rate_limited", TooManyRequests("The model is busy.", retry_after_s=1)),
        ("internal_error", ZeroDivisionError("secret")),
    ],
)
def test_a_stream_of_a_turn_that_fails(
    memory_app: InMemoryApp, call: TestClient, session_id: str, name: str, error: Exception
) -> None:
    raising(memory_app, error, AnswerDelta)
    stream = ask(call, session_id)
    assert_recorded(name, stream, SESSION=session_id, TURN=turn_of(memory_app, session_id))


def test_a_stream_of_a_turn_that_is_cancelled(memory_app: InMemoryApp, call: TestClient, session_id: str) -> None:
    from cinedex.bootstrap.chat import cancel_turn

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished) and event.run.call.tool_call_id == "call-2":
            cancel_turn()(ACCOUNT, session_id, turn_of(memory_app, session_id))

    memory_app.agent.pause = pause
    stream = ask(call, session_id)
    assert_recorded("cancelled", stream, SESSION=session_id, TURN=turn_of(memory_app, session_id))


def test_a_stream_of_a_turn_whose_session_is_deleted(
    memory_app: InMemoryApp, call: TestClient, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_stream, "ORPHAN_CHECK_S", 0.0)
    monkeypatch.setattr(turn_stream, "POLL_LOCAL_TURN_S", 0.01)
    turn_ids: list[str] = []

    def pause(event: AgentEvent) -> None:
        if isinstance(event, StateChanged):
            turn_ids.append(turn_of(memory_app, session_id))
            # Without the cancellation that comes first, whose event the reader may get before the deletion.
            memory_app.chats.delete_session(memory_app.chats.get_session(ACCOUNT, session_id))

    memory_app.agent.pause = pause
    stream = ask(call, session_id)
    assert_recorded("deleted", b"\n\n".join(stream.split(b"\n\n")[-2:]), SESSION=session_id, TURN=turn_ids[0])


@pytest.fixture
def dying(memory_app: InMemoryApp) -> Callable[..., None]:
    """The next `times` processes end at the second tool run, and their leases pass at once."""

    def die(times: int) -> None:
        left = [times]

        def pause(event: AgentEvent) -> None:
            if isinstance(event, ToolFinished) and event.run.call.tool_call_id == "call-2" and left[0]:
                left[0] -= 1
                memory_app.clock.advance(seconds=LEASE.total_seconds())
                raise Killed

        memory_app.agent.pause = pause

    return die


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(("name", "times"), [("reassigned", 1), ("interrupted", 9)])
def test_a_stream_of_a_turn_whose_processes_die(
    memory_app: InMemoryApp,
    call: TestClient,
    session_id: str,
    dying: Any,
    name: str,
    times: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turn_stream, "ORPHAN_CHECK_S", 0.0)
    monkeypatch.setattr(turn_stream, "POLL_LOCAL_TURN_S", 0.01)
    dying(times)
    stream = ask(call, session_id)
    assert_recorded(name, stream, SESSION=session_id, TURN=turn_of(memory_app, session_id))
