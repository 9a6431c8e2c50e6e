"""Tracks of a video as DynamoDB items, read by time.

An entry lies under `T#{video_id}` / `{track}#{generation}#{start_ms}#{index}`. The head of a track, written last,
knows its longest entry, so that reading from a moment on starts no earlier than needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span, span
from cinedex.timeline.entries import TimelineEntry, TimelinePage, Track

CURSOR = re.compile(r"\d{10}#\d{8}")
END_OF_TIME = "9" * 10 + "#" + "9" * 8
BEGINNING = "0" * 10 + "#" + "0" * 8


class DynamoDbTimeline:
    """`Timeline`; times are kept in whole milliseconds."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def replace(self, video_id: str, track: Track, generation: int, entries: Sequence[TimelineEntry]) -> None:
        pk, prefix = f"T#{video_id}", _prefix(track, generation)
        written = [_item(pk, prefix, e) for e in entries]
        self._table.put_all(written)
        longest = max((_ms(e.span.end_s) - _ms(e.span.start_s) for e in entries), default=0)
        self._table.put({"pk": pk, "sk": _head(track, generation), "longest_ms": longest, "count": len(entries)})
        keep = {str(i["sk"]) for i in written} | {_head(track, generation)}
        stored = self._table.query(pk, begins=f"{track.value}#", keys_only=True)
        self._table.delete_all((pk, str(i["sk"])) for i in stored if str(i["sk"]) not in keep)

    def page(
        self,
        video_id: str,
        track: Track,
        generation: int,
        within: Span | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> TimelinePage:
        found = list(islice(self._overlapping(video_id, track, generation, within, _cursor(after)), limit + 1))
        shown = found[:limit]
        cursors = tuple(c for c, _ in shown)
        return TimelinePage(
            entries=tuple(e for _, e in shown),
            cursors=cursors,
            next_after=cursors[-1] if len(found) > limit else None,
        )

    def entries(self, video_id: str, track: Track, generation: int) -> Iterator[TimelineEntry]:
        for _, entry in self._overlapping(video_id, track, generation, None, None):
            yield entry

    def delete(self, video_id: str) -> None:
        pk = f"T#{video_id}"
        stored = self._table.query(pk, keys_only=True)
        self._table.delete_all([(pk, str(i["sk"])) for i in stored])

    def _overlapping(
        self, video_id: str, track: Track, generation: int, within: Span | None, after: str | None
    ) -> Iterator[tuple[str, TimelineEntry]]:
        pk, prefix = f"T#{video_id}", _prefix(track, generation)
        low, high = BEGINNING, END_OF_TIME
        if within is not None:
            head = self._table.get(pk, _head(track, generation))
            longest_ms = int(head["longest_ms"]) if head else 0
            low = f"{max(0, _ms(within.start_s) - longest_ms):010d}#"
            high = f"{_ms(within.end_s):010d}#99999999"
        if after is not None:
            low = max(low, after)
        for item in self._table.query(pk, between=(prefix + low, prefix + high)):
            cursor, entry = str(item["sk"]).removeprefix(prefix), _entry(item)
            if cursor != after and (within is None or entry.span.overlaps(within)):
                yield cursor, entry


def _prefix(track: Track, generation: int) -> str:
    return f"{track.value}#{generation:06d}#"


def _head(track: Track, generation: int) -> str:
    return f"{track.value}#{generation:06d}"


def _item(pk: str, prefix: str, entry: TimelineEntry) -> Item:
    start_ms = _ms(entry.span.start_s)
    return {
        "pk": pk,
        "sk": f"{prefix}{start_ms:010d}#{entry.index:08d}",
        "start_ms": start_ms,
        "end_ms": _ms(entry.span.end_s),
        "body": json.dumps(entry.body, separators=(",", ":"), ensure_ascii=False),
    }


def _entry(item: Item) -> TimelineEntry:
    return TimelineEntry(
        index=int(str(item["sk"]).rsplit("#", 1)[1]),
        span=span(int(item["start_ms"]) / 1000, int(item["end_ms"]) / 1000),
        body=json.loads(str(item["body"])),
    )


def _cursor(after: str | None) -> str | None:
    if after is not None and not CURSOR.fullmatch(after):
        raise InvalidInput("page_token is not one that this endpoint has given out.", field="page_token")
    return after


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
