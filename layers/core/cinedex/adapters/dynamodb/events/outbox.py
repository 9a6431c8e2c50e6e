"""Events that are stored with the state change that they report, until they are published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from cinedex.adapters.dynamodb.events import event_keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.clock import Clock
from cinedex.kernel.events import AnyEvent, Event, any_event
from cinedex.library.domain.facts import fact_of_deletion, facts_of_video
from cinedex.library.domain.video import Video

LAST_POSITION = 999
"""Of the event that a run has ended, after all others of the same revision."""


class OutboxEvent(BaseModel):
    """`revision` is that of the video which the change has stored; it orders the events of a video."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    video_id: str
    revision: int
    position: int
    event: AnyEvent


OUTBOX = Entity(OutboxEvent, event_keys.OUTBOX, since=lambda stored: stored.event.occurred_at)


class Outbox:
    """Makes the writes for the transaction of a change, one for each event."""

    def __init__(self, items: Repository[OutboxEvent], clock: Clock) -> None:
        self._items, self._clock = items, clock

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)

    def changes(self, before: Video | None, after: Video, revision: int) -> Sequence[Any]:
        return self.additions(facts_of_video(before, after, self.now()), revision)

    def removal(self, video: Video) -> Sequence[Any]:
        return self.additions([fact_of_deletion(video, self.now())], video.revision + 1)

    def additions(self, events: Sequence[Event[Any]], revision: int, first: int = 0) -> Sequence[Any]:
        return [
            self._items.overwrite(
                OutboxEvent(
                    account_id=event.account_id,
                    video_id=event.video_id,
                    revision=revision,
                    position=position,
                    event=any_event(event),
                )
            )
            for position, event in enumerate(events, first)
        ]
