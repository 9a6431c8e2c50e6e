"""Erases the timeline of a deleted video."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.timeline.timeline_store import Timeline


@dataclass(frozen=True)
class TimelineEraser:
    timeline: Timeline

    def erase(self, _account_id: str, video_id: str) -> bool:
        self.timeline.delete(video_id)
        return False
