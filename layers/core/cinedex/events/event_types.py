"""The types of all events; `events/published` has the schema of each."""

from __future__ import annotations

EVENT_TYPES = (
    "VideoUploaded",
    "VideoFailed",
    "VideoDeleted",
    "AnalysisStarted",
    "AnalysisCompleted",
    "AnalysisFailed",
    "FeatureReady",
    "FeatureFailed",
)
