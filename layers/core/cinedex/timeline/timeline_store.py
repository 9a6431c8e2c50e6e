"""The port of time-coded tracks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cinedex.kernel.span import Span
from cinedex.timeline.entries import TimelineEntry, TimelinePage, Track

PAGE_BYTES_MAX = 2_000_000
"""A response has about half as much again, because some of its field names are longer."""


class Timeline(Protocol):
    def replace(self, video_id: str, track: Track, generation: int, entries: Sequence[TimelineEntry]) -> None:
        """Store a generation of a track and delete older ones. Safe to repeat."""

    def page(
        self,
        video_id: str,
        track: Track,
        generation: int,
        within: Span | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> TimelinePage:
        """Up to `limit` entries that overlap `within`, in order of time, starting after the cursor `after`.

        It has fewer, but at least one, if the bodies of more have over `PAGE_BYTES_MAX` as JSON.

        Raises `InvalidInput` for a cursor that is not one of this track.
        """

    def entries(self, video_id: str, track: Track, generation: int) -> Iterator[TimelineEntry]: ...

    def delete(self, video_id: str) -> None:
        """Every track and generation of the video."""
