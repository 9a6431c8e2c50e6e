"""Finish an analysis: end its features, record its usage and close the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.analysis.ports.progress import ProgressReader
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.end_features import EndFeatures
from cinedex.analysis.usecases.record_run import record_run
from cinedex.kernel.errors import NotFound
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.ports.video_events import VideoEraser
from cinedex.usage.record_usage import RecordUsage


@dataclass(frozen=True)
class FinishAnalysis:
    """Safe to repeat. When the video was deleted meanwhile, everything that the run has written is erased."""

    videos: VideoRepository
    runs: RunRepository
    progress: ProgressReader
    erasers: Sequence[VideoEraser]
    meter: RecordUsage
    end: EndFeatures

    def __call__(self, account_id: str, video_id: str, run_id: str) -> None:
        try:
            video, run = self.videos.get(account_id, video_id), self.runs.get(video_id, run_id)
            ended = self.end(video, run)
            record_run(self.meter, ended, run)
            self.runs.end(ended, run_id)
        except NotFound:  # the video was deleted, or the run is closed because this state is repeated
            if not self.videos.get_many(account_id, [video_id]):
                self._erase(account_id, video_id)
        self.runs.close(video_id, run_id)
        self.progress.forget(video_id, run_id)

    def _erase(self, account_id: str, video_id: str) -> None:
        for eraser in self.erasers:
            eraser.erase(account_id, video_id)
