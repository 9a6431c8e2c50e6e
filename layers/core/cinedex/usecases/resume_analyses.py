"""Find work that a crash has cut short, and let it go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cinedex.domain.run import AnalysisRun
from cinedex.domain.video import Video
from cinedex.ports.analysis_runner import AnalysisRunner, MediaFetcher
from cinedex.ports.clock import Clock
from cinedex.ports.library import RunRepository, UnfinishedUploads, VideoRepository
from cinedex.ports.media_store import MediaStore
from cinedex.usecases.edit_video import edit_video
from cinedex.usecases.fail_analysis import FailAnalysis
from cinedex.usecases.register_media import RegisterMedia

EVENT_PATIENCE = timedelta(minutes=5)  # an event may be late; a file that waits longer has lost its own
UPLOAD_PATIENCE = timedelta(hours=24)


@dataclass(frozen=True)
class ResumeAnalyses:
    """Runs every few minutes, and at once after the local stack has started.

    `after_restart` says that nothing can be on its way any more, so there is nothing to wait for.
    """

    videos: VideoRepository
    uploads: UnfinishedUploads
    runs: RunRepository
    runner: AnalysisRunner
    store: MediaStore
    fetcher: MediaFetcher
    register: RegisterMedia
    fail: FailAnalysis
    clock: Clock

    def __call__(self, after_restart: bool = False) -> dict[str, Any]:
        """How many uploads were settled and how many runs went on."""
        settled = sum(self._settle(video, after_restart) for video in self.uploads.list_uploading())
        resumed = sum(self._resume(run, after_restart) for run in self.runs.list_open())
        return {"uploads_settled": settled, "runs_resumed": resumed}

    def _settle(self, video: Video, after_restart: bool) -> bool:
        age = self.clock.now() - video.created_at
        if age < EVENT_PATIENCE and not after_restart:
            return False
        media = self.store.find(video.media.key)
        if media is not None:
            return self.register(media) is not None
        if video.source is not None and (after_restart or age > EVENT_PATIENCE * 4):
            self.fetcher.request_fetch(video.account_id, video.video_id, video.source)
            return True
        if age > UPLOAD_PATIENCE:
            return self._expire(video)
        return False

    def _expire(self, video: Video) -> bool:
        hours = int(UPLOAD_PATIENCE.total_seconds() // 3600)
        reason = f"The upload was not finished within {hours} hours."
        edit_video(self.videos, video.account_id, video.video_id, lambda v: v.rejected("upload_expired", reason))
        return True

    def _resume(self, run: AnalysisRun, after_restart: bool) -> bool:
        young = self.clock.now() - run.started_at < EVENT_PATIENCE
        if (young and not after_restart) or self.runner.is_running(run):
            return False
        if not run.may_go_on:
            cause = f"The analysis was interrupted {run.attempt} times."
            self.fail(run.account_id, run.video_id, run.run_id, "Interrupted", cause)
            return False
        following = run.next_attempt()
        if self.runs.advance(following):
            self.runner.start(following)
        return True
