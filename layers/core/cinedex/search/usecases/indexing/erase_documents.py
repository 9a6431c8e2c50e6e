"""Erase the search documents of a deleted video."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.search.ports.segment_index import SegmentIndex


@dataclass(frozen=True)
class DocumentEraser:
    index: SegmentIndex

    def erase(self, account_id: str, video_id: str) -> bool:
        self.index.delete_video(account_id, video_id)
        return False
