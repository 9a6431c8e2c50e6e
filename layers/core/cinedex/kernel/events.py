"""Events that leave the product: facts about a video, and the port of those that receive them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.fingerprint import fingerprint

D = TypeVar("D")


class Event(BaseModel, Generic[D]):
    """A fact. It is written in the transaction of the state change that it reports.

    `event_id` is derived from the fact, so that a repeated step makes the same id. `version` is that of the JSON
    schema in `events/published`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_id: str
    event_type: str
    version: Literal[1] = 1
    account_id: str
    video_id: str
    collection_id: str | None = None
    occurred_at: datetime
    data: D


AnyEvent = Event[dict[str, Any]]
"""An event as it is stored and sent: its `data` is JSON."""


def any_event(event: Event[Any]) -> AnyEvent:
    return AnyEvent.model_validate(event.model_dump(mode="json"))


def event_id_of(event_type: str, *fact: object) -> str:
    return f"evt_{fingerprint(event_type, *map(str, fact))[:32]}"


class EventPublisher(Protocol):
    """Receives every event at least once; those of one video in order."""

    def publish(self, events: Sequence[AnyEvent], /) -> None:
        """Events of one account. Safe to repeat. Raises `Unavailable` if one was not accepted."""
