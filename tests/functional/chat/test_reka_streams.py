"""`/v2/chat/stream` resumes by the same log as the streams of sessions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.answers.domain.agent import AgentEvent, AnswerDelta, ToolFinished
from cinedex.kernel.ids import new_id
from starlette.testclient import TestClient

from functions.chat_stream import app
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.turns import ANSWER, LEASE

ASK = {
    "messages": [
        {"role": "user", "content": "What is this?"},
        {"role": "assistant", "content": "A kitchen."},
        {"role": "user", "content": "What is drunk?"},
    ]
}


class Killed(BaseException):
    """The process has ended: no code of it runs any more."""


@pytest.fixture
def call(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("cinedex.bootstrap.chat.agent", lambda: memory_app.agent)
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    with TestClient(app, headers={"X-Api-Key": secret}) as client:
        yield client


def ask(call: TestClient, body: dict[str, Any] = ASK, **headers: str) -> Any:
    return call.post("/v2/chat/stream", json=body, headers={n.replace("_", "-"): v for n, v in headers.items()})


def events(response: Any) -> list[tuple[int, str, Any]]:
    """Id, name and data of each."""
    frames = [part.split("\n") for part in response.text.split("\n\n") if part.startswith("id: ")]
    return [(int(f[0][4:]), f[1][7:], json.loads(f[2][6:])) for f in frames]


def test_the_agent_gets_the_whole_conversation(memory_app: InMemoryApp, call: TestClient) -> None:
    ask(call)
    (task,) = memory_app.agent.tasks
    assert [m.content for m in task.conversation] == ["What is this?", "A kitchen.", "What is drunk?"]
    assert (task.account_id, task.scope.collection_ids, task.scope.video_ids) == (ACCOUNT, None, None)


def test_the_agent_gets_the_videos_of_the_context(memory_app: InMemoryApp, call: TestClient) -> None:
    video = memory_app.analysed(account_id=ACCOUNT)
    ask(call, {**ASK, "context": [{"video_id": video.video_id, "start": 2.0}]})
    (task,) = memory_app.agent.tasks
    assert task.scope.video_ids == (video.video_id,)
    assert [(p.video_id, p.span.start_s, p.span.end_s) for p in task.ranges] == [(video.video_id, 2.0, 12.0)]


def test_an_unknown_video_is_reported_before_the_stream_opens(call: TestClient) -> None:
    response = ask(call, {**ASK, "context": [{"video_id": new_id()}]})
    assert (response.status_code, response.json()["error"]["type"]) == (404, "not_found_error")


def test_ids_are_positions_in_the_log(call: TestClient) -> None:
    numbers = [number for number, _, _ in events(ask(call))]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1


def test_the_same_key_gets_the_same_stream(memory_app: InMemoryApp, call: TestClient) -> None:
    first, again = ask(call, Idempotency_Key="k"), ask(call, Idempotency_Key="k")
    assert again.text == first.text
    assert len(memory_app.agent.tasks) == 1


def test_a_client_that_reconnects_gets_the_events_after_its_last_one(memory_app: InMemoryApp, call: TestClient) -> None:
    whole = events(ask(call, Idempotency_Key="k"))
    rest = events(ask(call, Idempotency_Key="k", Last_Event_ID=str(whole[1][0])))
    assert rest == whole[2:]
    assert len(memory_app.agent.tasks) == 1


def test_the_position_before_the_first_event_continues_a_turn_from_its_beginning(
    memory_app: InMemoryApp, call: TestClient
) -> None:
    whole = events(ask(call, Idempotency_Key="k"))
    assert events(ask(call, Idempotency_Key="k", Last_Event_ID="0")) == whole
    assert len(memory_app.agent.tasks) == 1


def test_a_position_that_is_no_number_is_refused_before_a_turn_starts(
    memory_app: InMemoryApp, call: TestClient
) -> None:
    response = ask(call, Last_Event_ID="x")
    assert (response.status_code, response.json()["error"]["param"]) == (400, "Last-Event-ID")
    assert memory_app.agent.tasks == []


@pytest.mark.parametrize("last", ["0", "5"])
@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "new"}])
def test_a_position_without_a_turn_starts_none(
    memory_app: InMemoryApp, call: TestClient, key: dict[str, str], last: str
) -> None:
    response = ask(call, Last_Event_ID=last, **key)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "Last-Event-ID")
    assert memory_app.agent.tasks == []


def test_a_client_that_has_every_event_gets_no_content(memory_app: InMemoryApp, call: TestClient) -> None:
    last = events(ask(call, Idempotency_Key="k"))[-1][0]
    response = ask(call, Idempotency_Key="k", Last_Event_ID=str(last))
    assert (response.status_code, response.content, len(memory_app.agent.tasks)) == (204, b"", 1)


def test_a_stream_is_not_buffered_by_a_proxy(call: TestClient) -> None:
    headers = ask(call).headers
    assert (headers["x-accel-buffering"], headers["cache-control"]) == ("no", "no-cache")


def test_a_stream_without_a_key_is_a_new_turn(memory_app: InMemoryApp, call: TestClient) -> None:
    turns = {events(ask(call))[0][2]["turn_id"] for _ in range(2)}
    assert (len(turns), len(memory_app.agent.tasks)) == (2, 2)


def test_a_key_of_another_question_is_an_error(call: TestClient) -> None:
    ask(call, Idempotency_Key="k")
    response = ask(call, {"messages": [{"role": "user", "content": "Another?"}]}, Idempotency_Key="k")
    assert (response.status_code, response.json()["error"]["type"]) == (422, "validation_error")


def test_an_invalid_key_is_an_error(call: TestClient) -> None:
    response = ask(call, Idempotency_Key="x" * 256)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "Idempotency-Key")


def test_keys_of_sessions_and_of_this_route_are_different_keys(memory_app: InMemoryApp, call: TestClient) -> None:
    from cinedex.bootstrap.chat import manage_sessions

    manage_sessions().create(ACCOUNT, None, "k")
    assert events(ask(call, Idempotency_Key="k"))[-1][1] == "turn_completed"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_answer_whose_process_has_died_is_continued_and_starts_again(
    memory_app: InMemoryApp, call: TestClient
) -> None:
    pieces = 0

    def pause(event: AgentEvent) -> None:
        nonlocal pieces
        pieces += isinstance(event, AnswerDelta)
        if pieces == 3:
            pieces += 1
            memory_app.clock.advance(seconds=LEASE.total_seconds())
            raise Killed

    memory_app.agent.pause = pause
    stream = events(ask(call))
    names = [name for _, name, _ in stream]
    assert (names[0], names.count("turn_started"), names[-1]) == ("turn_started", 2, "turn_completed")
    restart = len(names) - 1 - names[::-1].index("turn_started")
    assert "answer_delta" in names[:restart]
    assert "".join(data["delta"] for _, name, data in stream[restart:] if name == "answer_delta") == ANSWER
    assert memory_app.agent.done[-1] == ("call-1", "call-2")
    assert stream[-1][2]["response"] == ANSWER


def test_an_answer_counts_as_one_operation_and_not_as_a_turn(memory_app: InMemoryApp, call: TestClient) -> None:
    from cinedex.bootstrap.chat import turn_executor

    ask(call, Idempotency_Key="k")
    turn_id = events(ask(call, Idempotency_Key="k"))[0][2]["turn_id"]
    turn_executor().wait(turn_id, 5)
    (day,) = memory_app.meter.read(ACCOUNT, None, None)
    assert '"chats":1' in day.usage.model_dump_json()
    assert (day.usage.turns, day.usage.input_tokens) == (0, 0)


def test_an_answer_that_fails_is_not_counted(memory_app: InMemoryApp, call: TestClient) -> None:
    from cinedex.bootstrap.chat import turn_executor

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            raise ZeroDivisionError

    memory_app.agent.pause = pause
    failed = events(ask(call))[-1]
    assert failed[1] == "error"
    turn_executor().wait(failed[2]["turn_id"], 5)
    assert list(memory_app.meter.read(ACCOUNT, None, None)) == []


def test_a_turn_of_this_route_is_in_no_session(memory_app: InMemoryApp, call: TestClient) -> None:
    from cinedex.bootstrap.chat import manage_sessions

    turn_id = events(ask(call))[0][2]["turn_id"]
    assert list(manage_sessions().list(ACCOUNT, 10, None).items) == []
    path = f"/api/v2/chat/sessions/{turn_id}/turns/{turn_id}/stream"
    assert call.get(path).status_code == 404
