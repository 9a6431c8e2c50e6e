"""Computes the progress of a feature, and how long it will take, from the progress of the tasks of its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cinedex.library.domain.feature import Feature

WHOLE_TASKS: dict[Feature, tuple[str, ...]] = {
    Feature.TRANSCRIPT: ("transcribe_speech", "detect_shots"),
    Feature.SCENES: ("transcribe_speech", "detect_shots"),
    Feature.EMBEDDINGS: ("embed_segments",),
}
CHUNK_TASK = "analyze_chunk"
SAMPLED_FRAMES = "sampled_frames"
"""Reported beside `detect_shots` if the same pass samples the frames of the chunks."""
SAMPLED_SHARE = 0.9
"""Of the work on the frames, if the pass that detects shots samples them."""
SHOTS_SHARE = 0.3
"""Of the work on the pictures that is detecting shots, if it samples no frames."""
ESTIMATE_MIN_DONE = 0.02
"""Of the work; before it, the speed is not known."""


def feature_progress(feature: Feature, fractions: Mapping[str, float], chunk_count: int) -> float:
    """Mean over the feature's tasks, or over its chunks; a task without a report counts as 0."""
    tasks = WHOLE_TASKS.get(feature)
    if tasks is not None:
        return sum(fractions.get(t, 0.0) for t in tasks) / len(tasks)
    chunks = _chunks_done(fractions, chunk_count)
    if SAMPLED_FRAMES not in fractions:
        return chunks
    return round(SAMPLED_SHARE * fractions[SAMPLED_FRAMES] + (1 - SAMPLED_SHARE) * chunks, 4)


@dataclass(frozen=True)
class RunWork:
    """The estimated work of a run, in seconds of a worker: on the sound, and on the pictures.

    A run without a transcript has neither sound nor shots to analyse; all its work is that of the chunks.
    """

    sound_s: float
    pictures_s: float
    detects_shots: bool = True

    def remaining_s(
        self, feature: Feature, fractions: Mapping[str, float], chunk_count: int, elapsed_s: float
    ) -> float | None:
        """Seconds until the feature is ready, at the speed of the run so far; None while that is not known."""
        shots_s = self._shots_s(SAMPLED_FRAMES in fractions)
        chunks_s = self.pictures_s - shots_s
        first_s = self.sound_s * fractions.get("transcribe_speech", 0.0) + shots_s * fractions.get("detect_shots", 0.0)
        done_s = first_s + chunks_s * _chunks_done(fractions, chunk_count)
        total_s = self.sound_s + self.pictures_s
        if elapsed_s <= 0 or done_s <= 0 or done_s < ESTIMATE_MIN_DONE * total_s:
            return None
        is_first = feature in (Feature.TRANSCRIPT, Feature.SCENES)
        needed_s = total_s - chunks_s - first_s if is_first else total_s - done_s
        return max(0.0, needed_s * elapsed_s / done_s)

    def _shots_s(self, samples_frames: bool) -> float:
        if not self.detects_shots:
            return 0.0
        return self.pictures_s * (SAMPLED_SHARE if samples_frames else SHOTS_SHARE)


def _chunks_done(fractions: Mapping[str, float], chunk_count: int) -> float:
    done = sum(f for name, f in fractions.items() if name.startswith(f"{CHUNK_TASK}-"))
    return min(1.0, done / chunk_count) if chunk_count else 0.0
