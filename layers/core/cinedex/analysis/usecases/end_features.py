"""Ends the features that a run leaves in flight: no feature may be pending or processing without an open run."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.usecases.advance_features import advance, is_current
from cinedex.analysis.usecases.fail_analysis import fail_features
from cinedex.kernel.errors import INTERNAL_ERROR
from cinedex.library.domain.feature import Feature, trigger_of
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.timeline.entries import Track
from cinedex.timeline.timeline_store import Timeline

logger = logging.getLogger(__name__)

NO_RESULT = "The analysis ended without a result."


@dataclass(frozen=True)
class EndFeatures:
    """Called when all states of a run have succeeded.

    `objects` of a file without pictures is ready and empty, because no state computes it. Any other feature in flight
    is a fault of the state machine and has failed.
    """

    videos: VideoRepository
    timeline: Timeline
    publish: PublishVideo

    def __call__(self, video: Video, run: AnalysisRun) -> Video:
        """The video as it is stored afterwards. Safe to repeat."""
        left = tuple(f for f in run.features if is_current(video, run, f))
        if not left:
            return video
        empty = tuple(f for f in left if f is Feature.OBJECTS and video.has_no_pictures)
        for feature in empty:
            self.timeline.replace(video.video_id, Track.OBJECTS, run.generations[feature], [])
        if len(empty) < len(left):
            logger.error("features were left in flight", extra={"features": [f.value for f in left if f not in empty]})

        def end(before: Video) -> Video:
            after = advance(before, run, empty, lambda state: state.finished(()))
            return fail_features(after, run, NO_RESULT, INTERNAL_ERROR)

        self.publish(video, end)
        return self.videos.get(video.account_id, video.video_id)


def orphans(video: Video, open_runs: Sequence[AnalysisRun]) -> tuple[Feature, ...]:
    """The features in flight that none of the open runs of the video computes.

    A run and its features are stored together, and its features are ended before it is closed.
    """
    return tuple(f for f in video.in_flight if not any(_computes(run, video, f) for run in open_runs))


def fail_orphans(video: Video, read: Video, features: Sequence[Feature]) -> Video:
    """`features` were orphans in `read`; those that have ended or were started again since then are unchanged."""
    for feature in features:
        state = video.feature(feature)
        if state.status.in_flight and state.generation == read.feature(feature).generation:
            video = video.with_feature(feature, state.failed(NO_RESULT, INTERNAL_ERROR))
    return video


def _computes(run: AnalysisRun, video: Video, feature: Feature) -> bool:
    trigger = trigger_of(feature)
    return trigger is not None and run.generations.get(trigger) == video.feature(trigger).generation
