"""The emulated queues take turns between message groups, as SQS does."""

from __future__ import annotations

import time
from typing import Any

from local.emulator.fair_queue import _turn

PAST, FUTURE = 0.0, time.time() + 1_000_000.0  # also after the longest run of the suite
SERVED = {("tasks", "early"): 1, ("tasks", "late"): 2, ("other", "new"): 9}


def message(group: str | None, in_flight: bool = False, received: int = 0) -> dict[str, Any]:
    return {"group_id": group, "receive_count": received or int(in_flight), "visible_at": FUTURE if in_flight else PAST}


def order(*messages: dict[str, Any]) -> list[str]:
    queue = {"name": "tasks", "messages": messages}
    return [m["group_id"] for m in sorted(messages, key=_turn(queue, SERVED)) if m["visible_at"] == PAST]


def test_a_group_with_few_messages_in_flight_is_first() -> None:
    assert order(message("busy"), message("busy", in_flight=True), message("idle")) == ["idle", "busy"]


def test_among_equals_the_group_that_was_served_longest_ago_is_first() -> None:
    assert order(message("late"), message("early"), message("new")) == ["new", "early", "late"]


def test_a_message_that_came_back_is_no_longer_in_flight() -> None:
    assert order(message("crashed"), message("crashed", received=3), message("early")) == [
        "crashed",
        "crashed",
        "early",
    ]


def test_messages_of_one_group_stay_in_their_order() -> None:
    messages = [message("a") | {"number": n} for n in range(4)]
    queue = {"name": "tasks", "messages": messages}
    assert [m["number"] for m in sorted(messages, key=_turn(queue, {}))] == [0, 1, 2, 3]
