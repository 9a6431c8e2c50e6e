"""Read the status of each feature of a video, with its progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cinedex.analysis.domain.progress import RunWork, feature_progress
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.progress import ProgressReader
from cinedex.analysis.ports.runs import RunRepository
from cinedex.kernel.clock import Clock
from cinedex.library.domain.analysis_cost import analysis_cost_s, sound_cost_s
from cinedex.library.domain.feature import CATALOG, Feature, FeatureState, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.usage.budget import end_of


@dataclass(frozen=True)
class ReadFeatureStatus:
    """Reads progress only while a feature is being processed.

    A worker reports when it begins a task, before it downloads the file, so a run without a report waits for a worker.
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
        for run in self.runs.list_of(video.video_id):
            reported = self.progress.read(video.video_id, run.run_id)
            states |= self._advanced(video, run, states, reported) if reported else _waiting(run, states)
        return states

    def _advanced(
        self, video: Video, run: AnalysisRun, states: dict[Feature, FeatureState], reported: Mapping[str, float]
    ) -> dict[Feature, FeatureState]:
        """The features that the run is computing, with their progress and an estimate of what is left."""
        began_at = self.progress.began_at(video.video_id, run.run_id)
        elapsed_s = (self.clock.now() - began_at).total_seconds() if began_at else 0.0
        work, count = work_of(video, run), video.chunk_count
        return {
            feature: states[feature]
            .advanced(feature_progress(feature, reported, count))
            .estimated(work.remaining_s(feature, reported, count, elapsed_s))
            for feature in _processing(run, states)
        }

    def _resuming(self, state: FeatureState) -> FeatureState:
        """What waits for the budget of a day gets its next chance when the next day begins."""
        return state.resuming(end_of(self.clock.now().date())) if state.waiting_reason else state


def _waiting(run: AnalysisRun, states: dict[Feature, FeatureState]) -> dict[Feature, FeatureState]:
    return {feature: states[feature].waiting(run.started_at) for feature in _processing(run, states)}


def _processing(run: AnalysisRun, states: dict[Feature, FeatureState]) -> list[Feature]:
    products = [product for feature in run.features for product in CATALOG[feature].produces]
    return [product for product in products if states[product].status is FeatureStatus.PROCESSING]


def work_of(video: Video, run: AnalysisRun) -> RunWork:
    """Speech and shots are work of a run only if it computes the transcript; otherwise they are stored."""
    if video.probe is None:
        return RunWork(0.0, 0.0)
    sound_s = sound_cost_s(video.probe)
    pictures_s = analysis_cost_s(video.probe) - sound_s
    if Feature.TRANSCRIPT not in run.generations:
        return RunWork(0.0, pictures_s, detects_shots=False)
    return RunWork(sound_s, pictures_s)
