"""The events of an account, from the feed of a deployment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from pydantic import Field

from cinedex_client.errors import ClientError
from cinedex_client.models import Reply

OpenStream = Callable[[dict[str, Any], dict[str, str]], AbstractContextManager[Iterable[str]]]
Pause = Callable[[float], None]
RECONNECT_S = 1.0
FAILURES_MAX = 5


class AccountEvent(Reply):
    """`position` is where a client continues; `event_id` is the same in webhooks and on EventBridge."""

    position: int
    event_id: str
    event_type: str
    video_id: str
    group_id: str | None = None
    occurred_at: datetime
    data: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class EventFeed:
    """Reads the stream, and opens it again where it has ended, until `follow` is off."""

    open: OpenStream
    pause: Pause

    def read(self, query: dict[str, Any], after: int | None, *, follow: bool) -> Iterator[AccountEvent]:
        position, failures = after, 0
        while True:
            headers = {} if position is None or position == 0 else {"Last-Event-ID": str(position)}
            start = {"after": 0} if position == 0 else {}
            try:
                with self.open({**query, **start, "follow": str(follow).lower()}, headers) as lines:
                    for number, event in _events(lines):
                        position, failures = number, 0
                        if event is not None:
                            yield event
            except httpx.TransportError as error:
                failures += 1
                if failures >= FAILURES_MAX:
                    raise ClientError(f"The stream of events broke {failures} times: {error}.") from error
            if not follow:
                return
            self.pause(RECONNECT_S)


def _events(lines: Iterable[str]) -> Iterator[tuple[int, AccountEvent | None]]:
    """The position and the event of each block of the stream; a position without data is progress only."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if fields.get("id", "").isdigit():
            position = int(fields["id"])
            data = json.loads(fields["data"]) if "data" in fields else None
            yield position, None if data is None else AccountEvent.read({"position": position, **data})
        fields = {}


def event_query(event_types: Sequence[str], video_id: str | None, group_id: str | None) -> dict[str, Any]:
    query = {"event_type": list(event_types), "video_id": video_id, "group_id": group_id}
    return {name: value for name, value in query.items() if value}
