"""Computes the progress of a feature from the progress of its tasks."""

from __future__ import annotations

from collections.abc import Mapping

from cinedex.library.domain.feature import Feature

WHOLE_TASKS: dict[Feature, tuple[str, ...]] = {
    Feature.TRANSCRIPT: ("transcribe_speech", "detect_shots"),
    Feature.SCENES: ("transcribe_speech", "detect_shots"),
    Feature.EMBEDDINGS: ("embed_segments",),
}
CHUNK_TASK = "analyze_chunk"


def feature_progress(feature: Feature, fractions: Mapping[str, float], chunk_count: int) -> float:
    """Mean over the feature's tasks, or over its chunks; a task without a report counts as 0."""
    tasks = WHOLE_TASKS.get(feature)
    if tasks is not None:
        return sum(fractions.get(t, 0.0) for t in tasks) / len(tasks)
    done = sum(f for name, f in fractions.items() if name.startswith(f"{CHUNK_TASK}-"))
    return min(1.0, done / chunk_count) if chunk_count else 0.0
