"""`/v2/events`, an extension: what happens to the videos of the account, as server-sent events."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from cinedex.api.auth import Reader
from cinedex.api.event_stream import EventFeed
from cinedex.api.reka.schemas.library import collection_of
from cinedex.api.requests.ids import canonical_if_id
from cinedex.api.turn_stream import EventStream, LastEventId, sequence_of
from cinedex.bootstrap.events import follow_events, read_events
from cinedex.events.event_log import LoggedEvent
from cinedex.events.event_types import EVENT_TYPES
from cinedex.events.read_events import EventFilter
from cinedex.kernel.errors import ImpossibleValue

router = APIRouter(prefix="/v2/events", tags=["events"])
After = Annotated[
    int | None,
    Query(ge=0, le=10**12, description="As `Last-Event-ID`, which wins; 0 begins with the oldest event that is kept."),
]
EventTypes = Annotated[
    list[str] | None, Query(alias="event_type", max_length=20, description="Repeat it for several; default: all.")
]
GroupId = Annotated[str | None, Query(description="Only of videos that were in this group.")]
VideoId = Annotated[str | None, Query(description="Only of this video.")]
Follow = Annotated[bool, Query(description="Whether to wait for further events.")]


@router.get("", response_class=EventStream)
def follow_account_events(
    caller: Reader,
    event_type: EventTypes = None,
    group_id: GroupId = None,
    video_id: VideoId = None,
    after: After = None,
    follow: Follow = True,
    last_event_id: LastEventId = None,
) -> Response:
    """Sends the events after `Last-Event-ID`, without it those from now on, and ends after 270 seconds: an EventSource
    then continues. Events are kept for 7 days; an id whose next event is no longer kept is 400. A heartbeat comes every
    15 seconds.
    """
    given = sequence_of(last_event_id)
    read, account_id = read_events(), caller.account_id
    position = read.start(account_id, after if given is None else given)
    until = None if follow else read.last(account_id)
    selected = EventFilter(_types(event_type), _group(group_id), canonical_if_id(video_id) if video_id else None)
    feed = EventFeed(read, account_id, selected, render, follow_events().open(account_id))
    return feed.response(position, until)


def render(entry: LoggedEvent) -> str:
    fields: dict[str, Any] = entry.event.model_dump(mode="json")
    renamed = {("group_id" if name == "collection_id" else name): value for name, value in fields.items()}
    return json.dumps(renamed, ensure_ascii=False, separators=(",", ":"))


def _types(names: list[str] | None) -> frozenset[str]:
    unknown = [name for name in names or () if name not in EVENT_TYPES]
    if unknown:
        known = ", ".join(EVENT_TYPES)
        raise ImpossibleValue(f"Unknown event {unknown[0][:64]!r}. Known: {known}.", field="event_type")
    return frozenset(names or ())


def _group(group_id: str | None) -> str | None:
    return collection_of(canonical_if_id(group_id)) if group_id else None
