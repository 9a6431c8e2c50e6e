"""Queue features of a video and start the run that computes them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from cinedex.analysis.domain.run import AnalysisRun, Priority, run_id_of
from cinedex.analysis.ports.analysis_runner import AnalysisRunner
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance
from cinedex.analysis.usecases.end_features import fail_orphans, orphans
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import ImpossibleValue, StaleRevision, StateConflict, Unavailable, VideoBudgetExceeded
from cinedex.kernel.log_fields import log_fields
from cinedex.kernel.retry import CONFLICT, LastError
from cinedex.library.domain.feature import CATALOG, Feature, FeatureStatus, closure, dependents, trigger_of
from cinedex.library.domain.segmenting import SegmentingOptions
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.usage.charge_video import ChargeVideo

ENGLISH_ONLY = ("en",)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AnalysisRequest:
    """`options` are engine options by task; `segmenting` matters only when the transcript is computed."""

    features: tuple[Feature, ...]
    force: bool = False
    segmenting: SegmentingOptions | None = None
    options: dict[str, dict[str, Any]] | None = None
    priority: Priority = Priority.LIVE


@dataclass(frozen=True)
class StartedAnalysis:
    """`features` are those that this request has started; empty if all were ready or in progress."""

    video: Video
    features: tuple[Feature, ...]


@dataclass(frozen=True)
class StartAnalysis:
    """Idempotent: the queued features and the run are stored in one transaction.

    An execution that cannot be started now, because Step Functions throttles, is started by `ResumeAnalyses`.
    """

    videos: VideoRepository
    runs: RunRepository
    runner: AnalysisRunner
    clock: Clock
    charge: ChargeVideo
    languages: tuple[str, ...] = ENGLISH_ONLY

    def trigger(self, account_id: str, video_id: str, request: AnalysisRequest) -> StartedAnalysis:
        """Start exactly the given features; raises `StateConflict` when a dependency is not ready."""
        return self._start(account_id, video_id, request, request.features)

    def analyze(self, account_id: str, video_id: str, request: AnalysisRequest) -> StartedAnalysis:
        """Start the given features and their dependencies that are not ready, as one run."""
        return self._start(account_id, video_id, request, closure(request.features))

    def _start(
        self, account_id: str, video_id: str, request: AnalysisRequest, names: tuple[Feature, ...]
    ) -> StartedAnalysis:
        require_available(request.features)
        self._require_language(request)
        last = LastError()
        for _ in CONFLICT.attempts(f"start an analysis of video {video_id}", self.clock.sleep, last):
            video = self._without_orphans(self.videos.get(account_id, video_id).require_uploaded())
            _require_audio_track(video, request)
            todo = tuple(n for n in names if _is_due(video, n, request))
            if not todo:
                return StartedAnalysis(video, ())
            _require_dependencies(video, todo)
            try:
                return StartedAnalysis(self._open(video, todo, request), todo)
            except StaleRevision as error:
                last.error = error
        raise StateConflict("The video was changed by other requests in every attempt. Try again.")

    def _without_orphans(self, video: Video) -> Video:
        """A feature that no run computes any more can be started again."""
        if not video.in_flight:
            return video
        return fail_orphans(video, video, orphans(video, self.runs.list_of(video.video_id)))

    def _require_language(self, request: AnalysisRequest) -> None:
        """Checked first, so that an unsupported language does not discard an existing transcript."""
        options = (request.options or {}).get("transcribe_speech", {})
        language, translate_to = options.get("language"), options.get("translate_to")
        if language is not None and str(language).lower().split("-")[0] not in self.languages:
            known = ", ".join(self.languages)
            raise ImpossibleValue(
                f"Speech in {language!r} is unavailable in this deployment; supported: {known}.", field="language"
            )
        if translate_to is not None and self.languages == ENGLISH_ONLY:
            reason = "This deployment transcribes English only, and translates nothing: it has no multilingual model."
            raise ImpossibleValue(reason, field="translate_to")

    def _open(self, video: Video, todo: tuple[Feature, ...], request: AnalysisRequest) -> Video:
        queued = _queue(video, todo, request)
        generations = {f: queued.feature(f).generation for f in todo}
        run = AnalysisRun(
            run_id=run_id_of(video.video_id, generations),
            account_id=video.account_id,
            video_id=video.video_id,
            generations=generations,
            forced=request.force,
            options=request.options or {},
            priority=request.priority,
            started_at=self.clock.now(),
        )
        if not self.charge(run.charge(video)):
            return self._hold(video, queued, run)
        stored = self.runs.open(queued, run)
        try:
            self.runner.start(run)
        except Unavailable as error:
            keys = {"account_id": run.account_id, "video_id": run.video_id, "run_id": run.run_id}
            logger.warning("the next sweep starts the analysis", extra=log_fields(error) | keys)
        return stored

    def _hold(self, video: Video, queued: Video, run: AnalysisRun) -> Video:
        """The sweep begins it on a later day. Raises `VideoBudgetExceeded` if results would be lost meanwhile."""
        budget = self.charge.today(run.account_id)
        keys = {"account_id": run.account_id, "video_id": run.video_id, "video_minutes_used": budget.used_minutes}
        logger.warning("the daily budget of video minutes is used up", extra=keys)
        if any(video.feature(f).status is FeatureStatus.READY for f in run.features):
            raise VideoBudgetExceeded(
                f"{budget.description} Compute ready features again after midnight UTC.",
                retry_after_s=budget.resets_in_s(self.clock.now()),
                resets_at=budget.resets_at,
            )
        reason = f"{budget.description} The analysis begins after midnight UTC, when its turn has come."
        waiting = advance(queued, run, run.features, lambda state: state.waiting(run.started_at, reason))
        return self.runs.open(waiting, run.waiting_for_budget())


def require_available(features: tuple[Feature, ...]) -> None:
    for feature in features:
        if trigger_of(feature) is None:
            raise ImpossibleValue(f"Feature '{feature.value}' is unavailable in this deployment.", field="features")


def _require_audio_track(video: Video, request: AnalysisRequest) -> None:
    """Videos that were probed by an earlier version list no tracks; the task checks theirs."""
    track = (request.options or {}).get("transcribe_speech", {}).get("audio_track")
    tracks = video.probe.audio_tracks if video.probe else ()
    if track is not None and tracks and track >= len(tracks):
        raise ImpossibleValue(
            f"The file has no audio track {track}; it has {len(tracks)}, numbered from 0.", field="audio_track"
        )


def _is_due(video: Video, feature: Feature, request: AnalysisRequest) -> bool:
    """A feature is also computed again if one of its products has failed."""
    forced = request.force and feature in map(trigger_of, request.features)
    status, products = video.feature(feature).status, CATALOG[feature].produces
    is_ready = status is FeatureStatus.READY
    has_failed = any(video.feature(product).status is FeatureStatus.FAILED for product in products)
    return not status.in_flight and (forced or has_failed or not is_ready)


def _require_dependencies(video: Video, todo: tuple[Feature, ...]) -> None:
    for feature in todo:
        for needed in CATALOG[feature].depends_on:
            if needed not in todo and not video.meets(needed):
                status = video.feature(needed).status
                raise StateConflict(
                    f"Feature '{feature.value}' needs '{needed.value}', which is not ready. "
                    f"Current status: {status.value}.",
                    field=needed.value,
                )
        _require_idle_dependents(video, feature)


def _require_idle_dependents(video: Video, feature: Feature) -> None:
    busy = next((d for d in dependents(feature) if video.feature(d).status.in_flight), None)
    if busy is not None:
        raise StateConflict(f"Feature '{busy.value}' is being computed from '{feature.value}'; wait for it.")


def _queue(video: Video, todo: tuple[Feature, ...], request: AnalysisRequest) -> Video:
    """Sets the features and their products to pending, and features computed from them to `none`."""
    for feature in todo:
        for product in CATALOG[feature].produces:
            video = video.with_feature(product, video.feature(product).queued())
        for stale in dependents(feature):
            if stale not in todo:
                video = video.with_feature(stale, video.feature(stale).reset())
    if Feature.TRANSCRIPT in todo:
        video = video.changed(segmenting=request.segmenting or SegmentingOptions())
    return video
