"""Where findings are kept to be read by time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cinedex.kernel.span import Span
from cinedex.timeline.entries import TimelineEntry, TimelinePage, Track


class Timeline(Protocol):
    def replace(self, video_id: str, track: Track, generation: int, entries: Sequence[TimelineEntry]) -> None:
        """Store a generation of a track; older generations disappear. Safe to repeat."""

    def page(
        self,
        video_id: str,
        track: Track,
        generation: int,
        within: Span | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> TimelinePage:
        """Entries that overlap `within`, in order of time, beginning behind the cursor `after`.

        Raises `InvalidInput` for a cursor that no page of this track has given out.
        """

    def entries(self, video_id: str, track: Track, generation: int) -> Iterator[TimelineEntry]: ...

    def delete(self, video_id: str) -> None:
        """Every track and generation of the video."""
