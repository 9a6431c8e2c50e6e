"""A run has failed for good: say so on the features, each with its own reason."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.progress import ProgressReader
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance
from cinedex.analysis.usecases.record_run import record_run
from cinedex.kernel.errors import INTERNAL_ERROR, NotFound
from cinedex.library.domain.feature import CATALOG, Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.update_with_retry import update_with_retry
from cinedex.usage.record_usage import RecordUsage

REASON_LENGTH_MAX = 500
CODES = {
    "CorruptMedia": "corrupt_media",
    "UnsupportedMedia": "unsupported_media",
    "MediaGone": "media_gone",
    "EngineUnavailable": "engine_unavailable",
    "OutOfMemory": "out_of_memory",
    "AnalysisFailed": "part_failed",
}
"""Error names of the state machine, and what features call them; any other error is a fault of ours."""


@dataclass(frozen=True)
class FailAnalysis:
    """A feature whose needs are all ready is the one that failed; what waits for it is blocked."""

    videos: VideoRepository
    runs: RunRepository
    progress: ProgressReader
    meter: RecordUsage

    def __call__(self, account_id: str, video_id: str, run_id: str, error: str, cause: str) -> None:
        try:
            run = self.runs.get(video_id, run_id)
        except NotFound:
            return
        reason, code = explain(error, cause), code_of(error)
        with suppress(NotFound):  # deleted while it was analysed: nobody is left to tell
            video = update_with_retry(self.videos, account_id, video_id, lambda v: fail_features(v, run, reason, code))
            record_run(self.meter, video, run)
        self.runs.close(video_id, run_id)
        self.progress.forget(video_id, run_id)


def fail_features(video: Video, run: AnalysisRun, reason: str, code: str) -> Video:
    for feature in run.features:
        obstacle = _obstacle(video, feature)
        if obstacle is None:
            video = advance(video, run, (feature,), lambda s: s.broken(reason, code))
        else:
            blocked = f"'{obstacle.value}' failed."
            video = advance(video, run, (feature,), lambda s, why=blocked: s.obstructed(why))  # type: ignore[misc]
    return video


def _obstacle(video: Video, feature: Feature) -> Feature | None:
    needs = CATALOG[feature].depends_on
    return next((n for n in needs if video.feature(n).status is not FeatureStatus.READY), None)


def code_of(error: str) -> str:
    return CODES.get(error, INTERNAL_ERROR)


def explain(error: str, cause: str) -> str:
    """A sentence for people; Lambda wraps an exception's message into JSON."""
    try:
        told = json.loads(cause)
        message = str(told.get("errorMessage") or cause) if isinstance(told, dict) else cause
    except ValueError:
        message = cause
    return (message or error or "The analysis failed.")[:REASON_LENGTH_MAX]
