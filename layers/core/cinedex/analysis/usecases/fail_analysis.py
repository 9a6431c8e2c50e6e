"""State FailAnalysis: the run has failed for good; each of its features stores a reason."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.progress import ProgressReader
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance, is_current
from cinedex.analysis.usecases.record_run import record_run
from cinedex.kernel.errors import INTERNAL_ERROR, NotFound
from cinedex.library.domain.feature import CATALOG, Feature
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
    "TooCostly": "too_costly",
    "AnalysisFailed": "chunk_failed",
}
"""Error names of Step Functions and the error codes of features; any other error is an internal error."""


@dataclass(frozen=True)
class FailAnalysis:
    """A feature whose dependencies are met has failed; a feature that depends on it is blocked."""

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
        with suppress(NotFound):  # the video was deleted while it was analysed
            video = update_with_retry(self.videos, account_id, video_id, lambda v: fail_features(v, run, reason, code))
            record_run(self.meter, video, run)
            self.runs.end(video, run_id)
        self.runs.close(video_id, run_id)
        self.progress.forget(video_id, run_id)


def fail_features(video: Video, run: AnalysisRun, reason: str, code: str) -> Video:
    before = video
    for feature in run.features:
        missing = _missing_dependency(before, run, feature)
        if missing is None:
            video = advance(video, run, (feature,), lambda s: s.failed(reason, code))
        else:
            blocked = f"'{missing.value}' failed."
            video = advance(video, run, (feature,), lambda s, why=blocked: s.blocked(why))  # type: ignore[misc]
    return video


def _missing_dependency(before: Video, run: AnalysisRun, feature: Feature) -> Feature | None:
    """One that this run has not computed, or that was not met before."""
    dependencies = CATALOG[feature].depends_on
    return next((d for d in dependencies if is_current(before, run, d) or not before.meets(d)), None)


def code_of(error: str) -> str:
    return CODES.get(error, INTERNAL_ERROR)


def explain(error: str, cause: str) -> str:
    """One sentence; Lambda wraps the message of an exception into JSON."""
    try:
        wrapped = json.loads(cause)
        message = str(wrapped.get("errorMessage") or cause) if isinstance(wrapped, dict) else cause
    except ValueError:
        message = cause
    return (message or error or "The analysis failed.")[:REASON_LENGTH_MAX]
