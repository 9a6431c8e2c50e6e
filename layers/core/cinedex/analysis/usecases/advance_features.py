"""Apply a transition to the features of a run, unless a newer run computes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.library.domain.feature import CATALOG, Feature, FeatureState
from cinedex.library.domain.video import Video

Transition = Callable[[FeatureState], FeatureState]


def is_current(video: Video, run: AnalysisRun, feature: Feature) -> bool:
    """False for an older generation and for a feature that was reset, so that late results are discarded."""
    state = video.feature(feature)
    return state.generation == run.generations.get(feature) and state.status.in_flight


def advance(video: Video, run: AnalysisRun, features: Iterable[Feature], transition: Transition) -> Video:
    """The video with `transition` applied to each current feature and to its products."""
    for feature in features:
        if is_current(video, run, feature):
            for product in CATALOG[feature].produces:
                video = video.with_feature(product, transition(video.feature(product)))
    return video
