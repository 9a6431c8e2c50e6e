"""Streams of a running deployment, read with the library httpx-sse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_sse import connect_sse


@dataclass(frozen=True)
class ReceivedEvent:
    """An event as the client parsed it; `number` is None for one without an id of its own."""

    number: int | None
    name: str
    text: str

    @property
    def data(self) -> Any:
        return json.loads(self.text)


def received_events(
    api: httpx.Client, path: str, message: str | dict[str, Any] | None = None, **headers: str
) -> Iterator[ReceivedEvent]:
    """Events of a message or of another body, or without either of a turn that is followed, as they come."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"message": message} if isinstance(message, str) else message
    method = "GET" if body is None else "POST"
    last = ""
    with connect_sse(api, method, path, json=body, headers=named) as source:
        source.response.raise_for_status()
        for event in source.iter_sse():
            number = int(event.id) if event.id and event.id != last else None
            last = event.id
            yield ReceivedEvent(number, event.event, event.data)
