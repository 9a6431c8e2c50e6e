"""`/v2/chat/stream` on a real stack: resumed after a disconnect, and after its process was killed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from local.stack import RunningStack
from tests.integration.chat.test_turns import cut_off, kill
from tests.support.sse_reader import ReceivedEvent, received_events
from tests.support.turns import ANSWER

PATH = "/v2/chat/stream"


def asking(message: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": message}]}


def written(events: list[ReceivedEvent]) -> str:
    """The answer of a client that clears it at each `turn_started`."""
    text = ""
    for event in events:
        if event.name == "turn_started":
            text = ""
        elif event.name == "answer_delta":
            text += event.data["delta"]
    return text


def whole(events: list[ReceivedEvent]) -> None:
    numbers = [e.number for e in events]
    assert None not in numbers
    assert numbers == sorted(set(numbers), key=lambda number: number or 0)
    assert events[0].name == "turn_started"
    assert [e.name for e in events].count("turn_completed") == 1
    assert len({e.data["turn_id"] for e in events}) == 1
    assert (written(events), events[-1].data["response"]) == (ANSWER, ANSWER)


def test_a_client_that_reconnects_gets_the_events_it_has_missed(api: httpx.Client) -> None:
    message, headers = asking("pause 0.3"), {"Idempotency_Key": "reconnects"}
    first = []
    for event in received_events(api, PATH, message, **headers):
        first.append(event)
        if event.name == "answer_delta":
            break
    rest = list(received_events(api, PATH, message, **headers, Last_Event_ID=str(first[-1].number)))
    whole([*first, *rest])
    assert list(received_events(api, PATH, message, **headers)) == [*first, *rest]


def test_clients_at_the_same_time_get_the_same_bytes(api: httpx.Client) -> None:
    def read(_: int) -> bytes:
        return api.post(PATH, json=asking("pause 0.05"), headers={"Idempotency-Key": "same"}).content

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(read, range(6)))) == 1


def test_an_answer_whose_process_was_killed_is_continued_for_its_client(
    scripted_stack: RunningStack, api: httpx.Client
) -> None:
    message, headers = asking("pause 0.2"), {"Idempotency_Key": "killed"}
    first = cut_off(scripted_stack, received_events(api, PATH, message, **headers), "answer_delta", 3)
    events = [*first, *resumed(api, message, headers, first[-1].number)]
    whole(events)
    assert [e.name for e in events].count("turn_started") == 2


def test_an_answer_whose_client_and_process_are_gone_is_completed_by_the_schedule(
    scripted_stack: RunningStack, api: httpx.Client
) -> None:
    message, headers = asking("pause 0.5"), {"Idempotency_Key": "gone"}
    before = api.get("/v2/usage").json()["total"]["chats"]
    next(received_events(api, PATH, message, **headers))
    kill(scripted_stack, "ChatStreamFunction")
    function = scripted_stack.deployment.functions["ResumeTurnsFunction"]
    deadline = time.monotonic() + 60
    while api.get("/v2/usage").json()["total"]["chats"] == before and time.monotonic() < deadline:
        scripted_stack.emulator.functions.invoke(FunctionName=function, Payload=b"{}")
        time.sleep(0.5)
    began = time.monotonic()
    whole(resumed(api, message, headers, None))
    assert time.monotonic() - began < 5, "the answer is complete, and only read"


def resumed(
    api: httpx.Client, message: dict[str, Any], headers: dict[str, str], last: int | None
) -> list[ReceivedEvent]:
    """The request again with the same key, once the application runs again."""
    behind = {} if last is None else {"Last_Event_ID": str(last)}
    for _ in range(100):
        try:
            return list(received_events(api, PATH, message, **headers, **behind))
        except httpx.HTTPStatusError:
            time.sleep(0.1)
    raise TimeoutError("The streaming application did not come back.")
