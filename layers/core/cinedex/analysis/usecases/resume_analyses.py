"""Continue uploads and analyses that a crash has interrupted, begin those that waited for a budget, and end orphans.

An orphan is a feature in flight that no run computes any more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.analysis_runner import AnalysisRunner
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import is_current
from cinedex.analysis.usecases.end_features import fail_orphans, orphans
from cinedex.analysis.usecases.fail_analysis import FailAnalysis
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import INTERNAL_ERROR, NotFound, StateConflict, Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.library.domain.video import StoredMedia, Video
from cinedex.library.ports.media_fetcher import MediaFetcher
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.repositories import UnfinishedVideos, VideoRepository
from cinedex.library.usecases.register_media import RegisterMedia
from cinedex.library.usecases.update_with_retry import update_with_retry
from cinedex.usage.charge_video import ChargeVideo

logger = logging.getLogger(__name__)

EVENT_DELAY_MAX = timedelta(minutes=5)  # an event that is not delivered by then is lost
FETCH_DURATION_MAX = timedelta(minutes=20)  # a download and the retries of its function take less
UPLOAD_DURATION_MAX = timedelta(hours=24)
HOURS = int(UPLOAD_DURATION_MAX.total_seconds() // 3600)


@dataclass(frozen=True)
class ResumeAnalyses:
    """Runs every few minutes, and at once after the local stack has started.

    `after_restart` means that no event and no execution is in progress any more, so that nothing is waited for.
    """

    videos: VideoRepository
    unfinished: UnfinishedVideos
    runs: RunRepository
    runner: AnalysisRunner
    store: MediaStore
    fetcher: MediaFetcher
    register: RegisterMedia
    fail: FailAnalysis
    clock: Clock
    charge: ChargeVideo

    def __call__(self, after_restart: bool = False) -> dict[str, Any]:
        """The number of uploads that were settled, of runs that were continued, and of videos with ended features."""
        uploads = [partial(self._settle, video, after_restart) for video in self.unfinished.list_uploading()]
        used_up: set[str] = set()
        runs = [partial(self._resume, run, after_restart, used_up) for run in self.runs.list_open()]
        videos = [partial(self._end_orphans, video) for video in self.unfinished.list_in_flight()]
        steps = {"uploads_settled": uploads, "runs_resumed": runs, "videos_ended": videos}
        return {name: sum(map(_attempted, attempts)) for name, attempts in steps.items()}

    def _settle(self, video: Video, after_restart: bool) -> bool:
        age = self.clock.now() - video.created_at
        if abs(age) < EVENT_DELAY_MAX and not after_restart:
            return False
        media = self.store.find(video.media.key)
        if media is not None:
            return self._register(video, media, given_up=age > UPLOAD_DURATION_MAX and not after_restart)
        if age > UPLOAD_DURATION_MAX and not (after_restart and video.fetch_url):
            return self._expire(video)
        if video.fetch_url is not None and (after_restart or age > FETCH_DURATION_MAX):
            self.fetcher.request_fetch(video.account_id, video.video_id, video.fetch_url)
            return True
        return False

    def _register(self, video: Video, media: StoredMedia, given_up: bool) -> bool:
        """A file that cannot be probed is given up after a day."""
        try:
            return self.register(media) is not None
        except Unavailable:
            if not given_up:
                raise
        return self._reject(video, INTERNAL_ERROR, f"The file could not be probed within {HOURS} hours.")

    def _expire(self, video: Video) -> bool:
        """A download stores its own result, unless every invocation of its function has failed."""
        if video.fetch_url is not None:
            return self._reject(video, INTERNAL_ERROR, f"The download was not finished within {HOURS} hours.")
        return self._reject(video, "upload_expired", f"The upload was not finished within {HOURS} hours.")

    def _reject(self, video: Video, code: str, reason: str) -> bool:
        update_with_retry(self.videos, video.account_id, video.video_id, lambda v: v.rejected(code, reason))
        return True

    def _resume(self, run: AnalysisRun, after_restart: bool, used_up: set[str]) -> bool:
        if run.waits_for_budget:
            return self._begin(run, used_up)
        is_recent = abs(self.clock.now() - run.started_at) < EVENT_DELAY_MAX
        if (is_recent and not after_restart) or self.runner.is_running(run):
            return False
        if not run.can_retry(after_restart):
            cause = f"The analysis was interrupted {run.attempt} times."
            self.fail(run.account_id, run.video_id, run.run_id, "Interrupted", cause)
            return False
        return self._start_next(run, after_restart)

    def _begin(self, run: AnalysisRun, used_up: set[str]) -> bool:
        """`used_up` are accounts without budget, so that no later run is charged before an earlier one."""
        if run.account_id in used_up:
            return False
        video = self.videos.get(run.account_id, run.video_id)
        if not any(is_current(video, run, feature) for feature in run.features):
            self.runs.close(run.video_id, run.run_id)
            return False
        if self.charge(run.charge(video)):
            return self._start_next(run)
        used_up.add(run.account_id)
        logger.info("analyses wait for the daily budget of video minutes", extra={"account_id": run.account_id})
        return False

    def _start_next(self, run: AnalysisRun, after_restart: bool = False) -> bool:
        attempt = run.next_attempt(after_restart)
        if not self.runs.advance(attempt):
            return False
        self.runner.start(attempt)
        return True

    def _end_orphans(self, listed: Video) -> bool:
        video = self.videos.get(listed.account_id, listed.video_id)
        left = orphans(video, self.runs.list_of(video.video_id))
        if not left:
            return False
        keys = {"video_id": video.video_id, "features": [feature.value for feature in left]}
        logger.error("features were in flight without a run", extra=keys)
        update_with_retry(
            self.videos, video.account_id, video.video_id, lambda before: fail_orphans(before, video, left)
        )
        return True


def _attempted(step: Callable[[], bool]) -> bool:
    """What fails now is tried again on the next schedule, and does not hold up the others."""
    try:
        return step()
    except (NotFound, StateConflict, Unavailable) as error:
        logger.warning("not resumed, the next schedule tries again", extra=log_fields(error))
        return False
