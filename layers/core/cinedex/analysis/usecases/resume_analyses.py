"""Continue uploads and analyses that a crash has interrupted, begin those that waited for a budget, and end orphans.

An orphan is a feature in flight that no run computes any more.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from cinedex.analysis.domain.account_turns import in_turns
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.analysis_runner import AnalysisRunner
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import is_current
from cinedex.analysis.usecases.end_features import fail_orphans, orphans
from cinedex.analysis.usecases.fail_analysis import FailAnalysis
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import INTERNAL_ERROR, CinedexError, Failures, Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.library.domain.video import StoredMedia, Video
from cinedex.library.ports.media_fetcher import MediaFetcher
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.multipart_uploads import MultipartUploads
from cinedex.library.ports.repositories import UnfinishedVideos, VideoRepository
from cinedex.library.usecases.register_media import RegisterMedia
from cinedex.library.usecases.update_with_retry import update_with_retry
from cinedex.usage.charge_video import ChargeVideo

logger = logging.getLogger(__name__)

EVENT_DELAY_MAX = timedelta(minutes=5)  # an event that is not delivered by then is lost
FETCH_DURATION_MAX = timedelta(minutes=20)  # a download and the retries of its function take less
UPLOAD_DURATION_MAX = timedelta(hours=24)
SECONDS_MAX = 240.0
LISTED_MIN = 10
HOURS = int(UPLOAD_DURATION_MAX.total_seconds() // 3600)


@dataclass(frozen=True)
class ResumeAnalyses:
    """Runs every few minutes, and at once after the local stack has started.

    `after_restart` means that no event and no execution is in progress any more, so that nothing is waited for.

    Accounts take turns, and each kind of work gets an equal part of the time. The next run does what fails, and what
    the time does not suffice for; videos are in random order, so that none is always the last.
    """

    videos: VideoRepository
    unfinished: UnfinishedVideos
    runs: RunRepository
    runner: AnalysisRunner
    store: MediaStore
    parts: MultipartUploads
    fetcher: MediaFetcher
    register: RegisterMedia
    fail: FailAnalysis
    clock: Clock
    charge: ChargeVideo
    now_s: Callable[[], float] = time.monotonic
    failures: Failures = (CinedexError,)

    def __call__(self, after_restart: bool = False, seconds_max: float = SECONDS_MAX) -> dict[str, Any]:
        """The number of uploads that were settled, of runs that were continued, and of videos with ended features."""
        deadline, used_up, open_runs = self.now_s() + seconds_max, set[str](), self.runs.list_open()
        running = self._running(open_runs)
        steps: dict[str, Sequence[Callable[[], bool]]] = {
            "uploads_settled": [
                partial(self._settle, video, after_restart) for video in _mixed(self.unfinished.list_uploading())
            ],
            "runs_resumed": [
                partial(self._resume, run, after_restart, used_up)
                for run in in_turns(open_runs, lambda run: run.account_id)
                if run.execution_name not in running
            ],
            "videos_ended": [partial(self._end_orphans, video) for video in _mixed(self._without_run(open_runs))],
        }
        counts = {}
        for number, (name, attempts) in enumerate(steps.items()):
            left_s = deadline - self.now_s()
            counts[name] = self._attempt(name, attempts, self.now_s() + left_s / (len(steps) - number))
        return counts

    def _running(self, open_runs: Sequence[AnalysisRun]) -> Set[str]:
        """One request for a thousand executions, so that only those that are not listed are looked at one by one."""
        if len(open_runs) < LISTED_MIN:
            return frozenset()
        try:
            return self.runner.running()
        except self.failures as error:
            logger.warning("executions are not listed, and looked at one by one", extra=log_fields(error))
            return frozenset()

    def _without_run(self, open_runs: Sequence[AnalysisRun]) -> Sequence[Video]:
        """A video that has a run may have orphans, too; they are ended after the run."""
        with_run = {run.video_id for run in open_runs}
        return [video for video in self.unfinished.list_in_flight() if video.video_id not in with_run]

    def _attempt(self, name: str, attempts: Sequence[Callable[[], bool]], deadline: float) -> int:
        done = 0
        for number, attempt in enumerate(attempts):
            if self.now_s() >= deadline:
                logger.warning("the next run continues", extra={"step": name, "left": len(attempts) - number})
                break
            done += self._attempted(attempt)
        return done

    def _attempted(self, step: Callable[[], bool]) -> bool:
        """What fails now is tried again on the next schedule, and does not hold up the others."""
        try:
            return step()
        except self.failures as error:
            logger.warning("not resumed, the next schedule tries again", extra=log_fields(error))
            return False

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
        self.parts.abort(video.media.key)  # the parts that were sent take space
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
        if not after_restart and not self.runner.has_started(run):
            self.runner.start(self.runs.get(run.video_id, run.run_id))
            return True
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


def _mixed(videos: Sequence[Video]) -> Iterator[Video]:
    return in_turns(random.sample(videos, len(videos)), lambda video: video.account_id)
