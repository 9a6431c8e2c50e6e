"""Remove a video and every trace of it, also while it is being analysed."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.analysis.ports.analysis_runner import AnalysisRunner
from cinedex.analysis.ports.progress import ProgressReader
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import Unavailable
from cinedex.library.domain.pending_deletion import PendingDeletion
from cinedex.library.domain.video import UploadStatus
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.pending_deletions import PendingDeletions
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.timeline.timeline_store import Timeline


@dataclass(frozen=True)
class ErasePendingVideo:
    """Safe to repeat. The record goes first: whoever comes late with a result finds nobody to give it to."""

    videos: VideoRepository
    runs: RunRepository
    runner: AnalysisRunner
    store: MediaStore
    results: ResultStore
    timeline: Timeline
    index: SegmentIndex
    progress: ProgressReader

    def __call__(self, erasure: PendingDeletion) -> bool:
        """True when work on the video was in progress, so that something of it may still come."""
        account_id, video_id = erasure.account_id, erasure.video_id
        self.videos.delete(account_id, video_id)
        stopped = self.runs.list_of(video_id)
        for run in stopped:
            self.runner.stop(run, "The video was deleted.")
            self.progress.forget(video_id, run.run_id)
        self.runs.forget(video_id)
        self.index.delete_video(account_id, video_id)
        self.timeline.delete(video_id)
        self.results.delete_video(account_id, video_id)
        self.store.delete(erasure.media_key)
        return bool(stopped)


@dataclass(frozen=True)
class DeleteVideo:
    """Remembered before it begins, so that a deletion which is cut short is completed by the next sweep."""

    videos: VideoRepository
    erasures: PendingDeletions
    erase: ErasePendingVideo
    clock: Clock

    def __call__(self, account_id: str, video_id: str) -> None:
        """Raises `NotFound`."""
        video = self.videos.get(account_id, video_id)
        erasure = PendingDeletion(
            account_id=account_id, video_id=video_id, media_key=video.media.key, asked_at=self.clock.now()
        )
        self.erasures.add(erasure)
        try:
            interrupted = self.erase(erasure)
        except Unavailable:
            if self.videos.get_many(account_id, [video_id]):
                raise
            return  # it is gone for everybody, and the next sweep takes away what is left of it
        if not interrupted and video.status is not UploadStatus.UPLOADING:
            self.erasures.remove(erasure)


@dataclass(frozen=True)
class SweepDeletions:
    """Erase again what was deleted in mid-work, until nobody can be late any more."""

    erasures: PendingDeletions
    erase: ErasePendingVideo
    clock: Clock

    def __call__(self) -> int:
        """The number of deletions that are still watched."""
        watched = 0
        for erasure in self.erasures.list():
            self.erase(erasure)
            if erasure.is_over(self.clock.now()):
                self.erasures.remove(erasure)
            else:
                watched += 1
        return watched
