"""Read the status of each feature of a video, with its progress."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.analysis.domain.progress import feature_progress
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.progress import ProgressReader
from cinedex.analysis.ports.runs import RunRepository
from cinedex.kernel.clock import Clock
from cinedex.library.domain.feature import CATALOG, Feature, FeatureState, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.usage.budget import end_of


@dataclass(frozen=True)
class ReadFeatureStatus:
    """Reads progress only while a feature is being processed.

    A worker reports as soon as it begins a task, so a run without a report waits for a worker.
    """

    runs: RunRepository
    progress: ProgressReader
    clock: Clock

    def __call__(self, video: Video) -> dict[Feature, FeatureState]:
        """Every feature; `none` for one that was never requested. If the upload failed, each has the reason."""
        states = {feature: self._resuming(video.feature(feature)) for feature in Feature}
        if video.upload_error is not None:
            states = {f: state.without_file(video.upload_error, video.error_code) for f, state in states.items()}
        if not any(s.status is FeatureStatus.PROCESSING for s in states.values()):
            return states
        fractions: dict[str, float] = {}
        for run in self.runs.list_of(video.video_id):
            reported = self.progress.read(video.video_id, run.run_id)
            if not reported:
                states |= _waiting(run, states)
            fractions |= reported
        return {f: _advanced(f, s, fractions, video.chunk_count) for f, s in states.items()}

    def _resuming(self, state: FeatureState) -> FeatureState:
        """What waits for the budget of a day gets its next chance when the next day begins."""
        return state.resuming(end_of(self.clock.now().date())) if state.waiting_reason else state


def _waiting(run: AnalysisRun, states: dict[Feature, FeatureState]) -> dict[Feature, FeatureState]:
    products = [product for feature in run.features for product in CATALOG[feature].produces]
    processing = [product for product in products if states[product].status is FeatureStatus.PROCESSING]
    return {product: states[product].waiting(run.started_at) for product in processing}


def _advanced(feature: Feature, state: FeatureState, fractions: dict[str, float], chunk_count: int) -> FeatureState:
    if state.status is not FeatureStatus.PROCESSING:
        return state
    return state.advanced(feature_progress(feature, fractions, chunk_count))
