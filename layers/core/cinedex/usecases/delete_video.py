"""Remove a video and every trace of it, also while it is being analysed."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.ports.analysis_runner import AnalysisRunner
from cinedex.ports.library import RunRepository, VideoRepository
from cinedex.ports.media_store import MediaStore, ResultStore
from cinedex.ports.moment_index import MomentIndex
from cinedex.ports.progress import ProgressReader
from cinedex.ports.timeline import Timeline


@dataclass(frozen=True)
class DeleteVideo:
    """The record goes first: whoever comes late with a result finds nobody to give it to."""

    videos: VideoRepository
    runs: RunRepository
    runner: AnalysisRunner
    store: MediaStore
    results: ResultStore
    timeline: Timeline
    index: MomentIndex
    progress: ProgressReader

    def __call__(self, account_id: str, video_id: str) -> None:
        """Raises `NotFound`."""
        video = self.videos.get(account_id, video_id)
        self.videos.delete(account_id, video_id)
        for run in self.runs.list_of(video_id):
            self.runner.stop(run, "The video was deleted.")
            self.runs.close(video_id, run.run_id)
            self.progress.forget(video_id, run.run_id)
        self.index.delete_video(account_id, video_id)
        self.timeline.delete(video_id)
        self.results.delete_video(account_id, video_id)
        self.store.delete(video.media.key)
