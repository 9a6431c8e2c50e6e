"""Tracks and progress in dictionaries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span, span
from cinedex.timeline import timeline_store
from cinedex.timeline.entries import TimelineEntry, TimelinePage, Track

CURSOR = re.compile(r"\d{10}#\d{8}")


class MemoryTimeline:
    """`Timeline`; keeps whole milliseconds, as the real one does."""

    def __init__(self) -> None:
        self.tracks: dict[tuple[str, Track], tuple[int, tuple[TimelineEntry, ...]]] = {}

    def replace(self, video_id: str, track: Track, generation: int, entries: Sequence[TimelineEntry]) -> None:
        ordered = sorted(map(_in_milliseconds, entries), key=_cursor)
        self.tracks[video_id, track] = (generation, tuple(ordered))

    def page(
        self,
        video_id: str,
        track: Track,
        generation: int,
        within: Span | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> TimelinePage:
        if after is not None and not CURSOR.fullmatch(after):
            raise InvalidInput("page_token is not one that this endpoint has given out.", field="page_token")
        follows = (e for e in self.entries(video_id, track, generation) if after is None or _cursor(e) > after)
        entries = [e for e in follows if within is None or e.span.overlaps(within)]
        sizes = accumulate(len(json.dumps(e.body, ensure_ascii=False).encode()) for e in entries)
        fitting = max(1, sum(size <= timeline_store.PAGE_BYTES_MAX for size in sizes))
        limit = min(limit, fitting)
        shown = tuple(entries[:limit])
        cursors = tuple(_cursor(e) for e in shown)
        return TimelinePage(entries=shown, cursors=cursors, next_after=cursors[-1] if len(entries) > limit else None)

    def entries(self, video_id: str, track: Track, generation: int) -> Iterator[TimelineEntry]:
        stored, entries = self.tracks.get((video_id, track), (generation, ()))
        yield from entries if stored == generation else ()

    def delete(self, video_id: str) -> None:
        self.tracks = {key: track for key, track in self.tracks.items() if key[0] != video_id}


class MemoryProgress:
    """`ProgressReporter` and `ProgressReader`."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._fractions: dict[tuple[str, str], dict[str, float]] = {}
        self._began_at: dict[tuple[str, str], datetime] = {}

    def report(self, video_id: str, run_id: str, task: str, chunk_index: int | None, fraction: float) -> None:
        name = task if chunk_index is None else f"{task}-{chunk_index}"
        self._began_at.setdefault((video_id, run_id), self._now().replace(microsecond=0))
        self._fractions.setdefault((video_id, run_id), {})[name] = round(max(0.0, min(fraction, 1.0)), 3)

    def read(self, video_id: str, run_id: str) -> Mapping[str, float]:
        return self._fractions.get((video_id, run_id), {})

    def began_at(self, video_id: str, run_id: str) -> datetime | None:
        return self._began_at.get((video_id, run_id))

    def forget(self, video_id: str, run_id: str) -> None:
        self._fractions.pop((video_id, run_id), None)
        self._began_at.pop((video_id, run_id), None)


def _cursor(entry: TimelineEntry) -> str:
    return f"{round(entry.span.start_s * 1000):010d}#{entry.index:08d}"


def _in_milliseconds(entry: TimelineEntry) -> TimelineEntry:
    at = span(round(entry.span.start_s * 1000) / 1000, round(entry.span.end_s * 1000) / 1000)
    return entry.model_copy(update={"span": at})
