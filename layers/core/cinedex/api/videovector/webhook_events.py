"""Names of events in webhooks. The names of VideoVector, and extensions for events that it does not have."""

from __future__ import annotations

from collections.abc import Iterable

NAMES = {
    "VideoUploaded": "media.created",
    "VideoDeleted": "media.deleted",
    "AnalysisStarted": "media.processing.started",
    "AnalysisCompleted": "media.processing.completed",
    "AnalysisFailed": "media.processing.failed",
    "VideoFailed": "media.failed",
    "FeatureReady": "feature.ready",
    "FeatureFailed": "feature.failed",
}
"""Type of the domain -> name on the wire."""
TYPES = {name: event_type for event_type, name in NAMES.items()}


def names_of(event_types: Iterable[str]) -> list[str]:
    return [NAMES[event_type] for event_type in event_types if event_type in NAMES]
