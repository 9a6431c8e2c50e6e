"""Turns on a real stack: streamed, stored, resumed, cancelled and reassigned."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.stack import RunningStack
from tests.support.sse_reader import ReceivedEvent, received_events
from tests.support.turns import ANSWER
from tests.support.videovector import nulls

TERMINAL = {"turn_completed", "error"}


def whole(events: list[ReceivedEvent]) -> None:
    """Every event once and in order, the name in its JSON, and one end."""
    numbers = [e.number for e in events if e.number is not None]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all(e.data["type"] == e.name for e in events)
    assert [e.name for e in events if e.name in TERMINAL] == [events[-1].name]


def written(events: list[ReceivedEvent]) -> str:
    """The answer of a client that writes each piece at its offset."""
    text = ""
    for event in events:
        if event.name == "answer_delta":
            text = text[: event.data["offset"]] + event.data["delta"]
    return text


def test_a_turn_arrives_as_it_happens(api: httpx.Client, session: str) -> None:
    began, at = time.monotonic(), []
    events = []
    for event in received_events(api, f"{session}/turns/stream", "What is drunk? pause 0.1"):
        at.append(time.monotonic() - began)
        events.append(event)
    whole(events)
    names = [e.name for e in events]
    assert names[:3] == ["turn_started", "agent_state", "tool_call_started"]
    assert names.count("tool_call_result") == 2
    assert (names[-1], written(events)) == ("turn_completed", ANSWER)
    assert at[-1] - at[0] > 1.0
    turn = events[-1].data["turn"]
    assert nulls(turn) == []
    assert api.get(f"{session}/turns/{turn['turn_id']}").json()["turn"] == turn


def test_the_headers_of_a_stream_prevent_buffering(api: httpx.Client, session: str) -> None:
    with api.stream("POST", f"{session}/turns/stream", json={"message": "?"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["x-request-id"]


def test_a_reader_that_reconnects_gets_the_events_it_has_missed(api: httpx.Client, session: str) -> None:
    headers: dict[str, Any] = {"Idempotency_Key": "k"}
    first = []
    for event in received_events(api, f"{session}/turns/stream", "pause 0.3", **headers):
        first.append(event)
        if len(first) == 3:
            break
    rest = list(
        received_events(api, f"{session}/turns/stream", "pause 0.3", **headers, Last_Event_ID=str(first[-1].number))
    )
    assert (rest[0].name, rest[0].data["status"]) == ("turn_resumed", "running")
    whole([*first, *rest[1:]])
    assert written([*first, *rest]) == ANSWER
    again = list(received_events(api, f"{session}/turns/stream", "pause 0.3", **headers))
    assert (again[0].name, again[0].data["status"]) == ("turn_resumed", "completed")
    assert again[1:] == [*first, *rest[1:]]


def test_a_turn_is_followed_by_its_id_to_its_last_event(api: httpx.Client, session: str) -> None:
    events = list(received_events(api, f"{session}/turns/stream", "?"))
    path = f"{session}/turns/{events[-1].data['turn']['turn_id']}/stream"
    assert list(received_events(api, path))[1:] == events
    assert list(received_events(api, path, Last_Event_ID=str(events[-2].number)))[1:] == events[-1:]
    assert api.get(path, headers={"Last-Event-ID": str(events[-1].number)}).status_code == 204


def test_readers_at_the_same_time_get_the_same_bytes(api: httpx.Client, session: str) -> None:
    def read(_: int) -> bytes:
        headers = {"Idempotency-Key": "k"}
        sent = api.post(f"{session}/turns/stream", json={"message": "pause 0.05"}, headers=headers)
        return b"".join(part + b"\n\n" for part in sent.content.split(b"\n\n") if part.startswith(b"id: "))

    with ThreadPoolExecutor(6) as pool:
        copies = set(pool.map(read, range(6)))
    assert len(copies) == 1
    assert api.get(session).json()["turn_count"] == 1


def test_a_turn_continues_when_its_client_disconnects(api: httpx.Client, session: str) -> None:
    for event in received_events(api, f"{session}/turns/stream", "pause 0.1"):
        turn_id = event.data["turn_id"]
        break
    assert ended(api, f"{session}/turns/{turn_id}")["status"] == "completed"


def test_a_cancelled_turn_ends_at_once_for_its_reader(api: httpx.Client, session: str) -> None:
    events = []
    for event in received_events(api, f"{session}/turns/stream", "pause 1"):
        events.append(event)
        if len(events) == 1:
            path = f"{session}/turns/{event.data['turn_id']}"
            assert api.post(f"{path}/cancel").json()["turn"]["status"] == "cancelled"
    whole(events)
    assert (events[-1].name, events[-1].data["status"]) == ("error", "cancelled")
    time.sleep(2)
    assert len(list(received_events(api, f"{path}/stream"))) == len(events) + 1


def test_a_session_deleted_in_mid_turn_ends_its_stream(api: httpx.Client, session: str) -> None:
    names = []
    for event in received_events(api, f"{session}/turns/stream", "pause 0.5"):
        names.append(event.name)
        if len(names) == 1:
            assert api.delete(session).status_code == 200
    assert names[-1] == "error"
    assert api.get(session).status_code == 404


def test_a_killed_application_neither_loses_nor_repeats_an_event(
    scripted_stack: RunningStack, api: httpx.Client, session: str
) -> None:
    message, headers = "pause 0.3", {"Idempotency_Key": "k"}
    first = cut_off(
        scripted_stack, received_events(api, f"{session}/turns/stream", message, **headers), "tool_call_result", 1
    )
    rest = list(resumed(api, session, message, headers, first[-1].number))
    assert rest[0].name == "turn_resumed"
    events = [*first, *rest[1:]]
    whole(events)
    started = [e.data["tool_call_id"] for e in events if e.name == "tool_call_result"]
    assert started == ["call-1", "call-2"]
    assert [e.data["state"] for e in events if e.name == "agent_state"].count("resuming") == 1
    assert written(events) == ANSWER
    assert events[-1].data["turn"]["assistant_message"]["content"] == ANSWER


def test_an_answer_interrupted_in_the_middle_restarts(
    scripted_stack: RunningStack, api: httpx.Client, session: str
) -> None:
    message, headers = "pause 0.2", {"Idempotency_Key": "k"}
    first = cut_off(
        scripted_stack, received_events(api, f"{session}/turns/stream", message, **headers), "answer_delta", 3
    )
    rest = list(resumed(api, session, message, headers, first[-1].number))
    events = [*first, *rest[1:]]
    whole(events)
    assert [e.data["offset"] for e in events if e.name == "answer_delta"].count(0) == 2
    assert written(events) == ANSWER


def test_a_turn_without_process_and_client_is_continued_by_the_schedule(
    scripted_stack: RunningStack, api: httpx.Client, session: str
) -> None:
    for event in received_events(api, f"{session}/turns/stream", "pause 0.5"):
        path = f"{session}/turns/{event.data['turn_id']}"
        break
    kill(scripted_stack, "ChatStreamFunction")
    function = scripted_stack.deployment.functions["ResumeTurnsFunction"]
    deadline = time.monotonic() + 40
    while api.get(path).json()["turn"]["status"] == "running" and time.monotonic() < deadline:
        scripted_stack.emulator.functions.invoke(FunctionName=function, Payload=b"{}")
        time.sleep(0.5)
    events = list(received_events(api, f"{path}/stream"))[1:]
    whole(events)
    assert events[-1].name == "turn_completed"


def test_fifty_streams_at_once_neither_lose_nor_repeat_an_event(api: httpx.Client, session: str) -> None:
    """Started one after another within five seconds, because fifty cold starts at once would test the emulator."""

    def read(number: int) -> list[ReceivedEvent]:
        time.sleep(number / 10)
        message = f"Question {number}? pause 0.5"
        return list(received_events(api, f"{session}/turns/stream", message, Idempotency_Key=str(number)))

    with ThreadPoolExecutor(50) as pool:
        streams = list(pool.map(read, range(50)))
    for events in streams:
        whole(events)
        assert (events[0].name, events[-1].name, written(events)) == ("turn_started", "turn_completed", ANSWER)
    turns = [events[-1].data["turn"] for events in streams]
    assert [t["user_message"]["content"] for t in turns] == [f"Question {n}? pause 0.5" for n in range(50)]
    assert sorted(t["turn_index"] for t in turns) == list(range(50))


def test_turns_and_tokens_are_counted_exactly_under_concurrency(api: httpx.Client, session: str) -> None:
    before = api.get("/v2/usage").json()["total"]
    threads = [threading.Thread(target=lambda: api.post(f"{session}/turns", json={"message": "?"})) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = api.get("/v2/usage").json()["total"]
    used = {name: after[name] - before[name] for name in ("turns", "input_tokens", "output_tokens")}
    assert used == {"turns": 12, "input_tokens": 1200, "output_tokens": 240}


def kill(stack: RunningStack, name: str) -> None:
    killed = stack.supervisor.processes()[name]
    os.kill(killed, signal.SIGKILL)
    while stack.supervisor.processes()[name] == killed:
        time.sleep(0.05)


def cut_off(stack: RunningStack, events: Iterator[ReceivedEvent], name: str, count: int) -> list[ReceivedEvent]:
    """The events of a client whose application is killed at its `count`-th event `name`."""
    got: list[ReceivedEvent] = []
    with pytest.raises(httpx.TransportError):
        read_and_kill(stack, events, (name, count), got)
    return got


def read_and_kill(
    stack: RunningStack, events: Iterator[ReceivedEvent], at: tuple[str, int], got: list[ReceivedEvent]
) -> None:
    for event in events:
        got.append(event)
        if event.name == at[0] and [e.name for e in got].count(at[0]) == at[1]:
            kill(stack, "ChatStreamFunction")


def resumed(
    api: httpx.Client, session: str, message: str, headers: dict[str, str], last: int | None
) -> list[ReceivedEvent]:
    """The events of a second request with the same key, once the application runs again."""
    for _ in range(100):
        try:
            return list(received_events(api, f"{session}/turns/stream", message, **headers, Last_Event_ID=str(last)))
        except httpx.HTTPStatusError:
            time.sleep(0.1)
    raise TimeoutError("The streaming application did not come back.")


def ended(api: httpx.Client, path: str) -> dict[str, Any]:
    for _ in range(200):
        turn: dict[str, Any] = api.get(path).json()["turn"]
        if turn["status"] != "running":
            return turn
        time.sleep(0.1)
    raise TimeoutError("The turn did not end.")
