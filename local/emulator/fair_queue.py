"""Patch of ministack: standard queues are fair queues, which take turns between message groups, as SQS does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from importlib import import_module
from itertools import count
from typing import Any

Message = Mapping[str, Any]


def take_turns_between_message_groups() -> None:
    """SQS prefers messages of groups with few messages in flight; ministack takes the oldest message.

    Among equals, the group that was served longest ago is first.
    """
    sqs: Any = import_module("ministack.services.sqs")
    collect = sqs._collect_msgs
    served: dict[tuple[str, str | None], int] = {}
    numbers = count(1)

    def collect_fairly(queue: Mapping[str, Any], messages_max: int, visibility_s: int) -> list[Message]:
        if queue["is_fifo"]:
            return list(collect(queue, messages_max, visibility_s))
        taken: list[Message] = []
        while len(taken) < messages_max:
            ordered = sorted(queue["messages"], key=_turn(queue, served))
            one = collect({**queue, "messages": ordered}, 1, visibility_s)
            if not one:
                break
            served[queue["name"], one[0].get("group_id")] = next(numbers)
            taken += one
        return taken

    sqs._collect_msgs = collect_fairly


def _turn(
    queue: Mapping[str, Any], served: Mapping[tuple[str, str | None], int]
) -> Callable[[Message], tuple[int, int]]:
    """The sort is stable, so that messages of one group stay in their order."""
    now = time.time()
    in_flight = Counter(
        message.get("group_id")
        for message in queue["messages"]
        if message.get("receive_count") and message["visible_at"] > now
    )

    def turn(message: Message) -> tuple[int, int]:
        group = message.get("group_id")
        return in_flight[group], served.get((queue["name"], group), 0)

    return turn
