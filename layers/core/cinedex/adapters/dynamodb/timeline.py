"""Tracks of a video, an item for each entry, read by time.

The head of a track is written last and states the length of its longest entry: a read from a time on starts that
much earlier, and so finds the entries that have begun before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.library import track_keys
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span, span
from cinedex.timeline.entries import TimelineEntry, TimelinePage, Track
from cinedex.timeline.timeline_store import PAGE_BYTES_MAX

INDEX_MAX = 99_999_999
BEGINNING, END_OF_TIME = track_keys.entry_cursor(0, 0), track_keys.entry_cursor(9_999_999_999, INDEX_MAX)


class DynamoDbTimeline:
    """`Timeline`; times are stored in whole milliseconds."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def replace(self, video_id: str, track: Track, generation: int, entries: Sequence[TimelineEntry]) -> None:
        head = track_keys.track(video_id, track.value, generation)
        written = [_item(video_id, track, generation, entry) for entry in entries]
        self._table.put_all(written)
        longest = max((_ms(e.span.end_s) - _ms(e.span.start_s) for e in entries), default=0)
        self._table.put({"pk": head.pk, "sk": head.sk, "longest_ms": longest, "count": len(entries)})
        current = {str(item["sk"]) for item in written} | {head.sk}
        stored = self._table.query(head.pk, begins=track_keys.track_prefix(track.value), keys_only=True)
        self._table.delete_all((head.pk, str(i["sk"])) for i in stored if str(i["sk"]) not in current)

    def page(
        self,
        video_id: str,
        track: Track,
        generation: int,
        within: Span | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> TimelinePage:
        shown: dict[str, TimelineEntry] = {}
        bytes_left, is_last = PAGE_BYTES_MAX, True
        for cursor, entry, size in self._overlapping(video_id, track, generation, within, _cursor(after)):
            bytes_left -= size
            if len(shown) == limit or (shown and bytes_left < 0):
                is_last = False
                break
            shown[cursor] = entry
        cursors = tuple(shown)
        return TimelinePage(entries=tuple(shown.values()), cursors=cursors, next_after=None if is_last else cursors[-1])

    def entries(self, video_id: str, track: Track, generation: int) -> Iterator[TimelineEntry]:
        for _, entry, _ in self._overlapping(video_id, track, generation, None, None):
            yield entry

    def delete(self, video_id: str) -> None:
        self._table.delete_partition(track_keys.tracks_of(video_id))

    def _overlapping(
        self, video_id: str, track: Track, generation: int, within: Span | None, after: str | None
    ) -> Iterator[tuple[str, TimelineEntry, int]]:
        """Each with the cursor after it, and the size of its body."""
        head = track_keys.track(video_id, track.value, generation)
        prefix = f"{head.sk}{keys.DELIMITER}"
        low, high = BEGINNING, END_OF_TIME
        if within is not None:
            item = self._table.get(*head)
            longest_ms = int(item["longest_ms"]) if item else 0
            low = track_keys.entry_cursor(max(0, _ms(within.start_s) - longest_ms), 0)
            high = track_keys.entry_cursor(_ms(within.end_s), INDEX_MAX)
        if after is not None:
            low = max(low, after)
        for item in self._table.query(head.pk, between=(prefix + low, prefix + high)):
            cursor, entry = str(item["sk"]).removeprefix(prefix), _entry(item)
            if cursor != after and (within is None or entry.span.overlaps(within)):
                yield cursor, entry, len(str(item["body"]).encode())


def _item(video_id: str, track: Track, generation: int, entry: TimelineEntry) -> Item:
    start_ms = _ms(entry.span.start_s)
    pk, sk = track_keys.track_entry(video_id, track.value, generation, start_ms, entry.index)
    return {
        "pk": pk,
        "sk": sk,
        "start_ms": start_ms,
        "end_ms": _ms(entry.span.end_s),
        "body": json.dumps(entry.body, separators=(",", ":"), ensure_ascii=False),
    }


def _entry(item: Item) -> TimelineEntry:
    return TimelineEntry(
        index=int(str(item["sk"]).rsplit(keys.DELIMITER, 1)[1]),
        span=span(int(item["start_ms"]) / 1000, int(item["end_ms"]) / 1000),
        body=json.loads(str(item["body"])),
    )


def _cursor(after: str | None) -> str | None:
    if after is not None and not keys.ENTRY_CURSOR.fullmatch(after):
        raise InvalidInput("page_token was not issued by this endpoint.", field="page_token")
    return after


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
