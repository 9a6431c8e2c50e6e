"""Finish an analysis: the features that are still open get their end."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.analysis.ports.progress import ProgressReader
from cinedex.analysis.ports.runs import RunRepository
from cinedex.kernel.errors import NotFound
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.usage.record_usage import RecordUsage


@dataclass(frozen=True)
class FinishAnalysis:
    """The machine has come to its end: the run is no longer in flight.

    A video deleted meanwhile may have been indexed after its deletion; that is undone here.
    """

    videos: VideoRepository
    runs: RunRepository
    progress: ProgressReader
    index: SegmentIndex
    meter: RecordUsage

    def __call__(self, account_id: str, video_id: str, run_id: str) -> None:
        try:
            self.meter.add_run(self.videos.get(account_id, video_id), self.runs.get(video_id, run_id))
        except NotFound:
            self.index.delete_video(account_id, video_id)
        self.runs.close(video_id, run_id)
        self.progress.forget(video_id, run_id)
