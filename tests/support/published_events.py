"""The events that leave the product, and an outbox that compares each with its published schema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from cinedex.adapters.dynamodb.events.outbox import Outbox
from cinedex.analysis.domain.facts import AnalysisCompleted, AnalysisStarted, FailedAnalysis
from cinedex.kernel.events import Event
from cinedex.library.domain.facts import FeatureFailed, FeatureReady, VideoDeleted, VideoFailed, VideoUploaded
from jsonschema import Draft202012Validator

from tests.support.golden import published

MODELS: tuple[type[Event[Any]], ...] = (
    AnalysisCompleted,
    FailedAnalysis,
    AnalysisStarted,
    FeatureFailed,
    FeatureReady,
    VideoDeleted,
    VideoFailed,
    VideoUploaded,
)


def file_name(event_type: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event_type).lower()


TYPES = {file_name(event_type): event_type for event_type in (m.model_fields["event_type"].default for m in MODELS)}
PUBLISHED_EVENTS = dict(zip(TYPES, MODELS, strict=True))


@cache
def schema_of(event_type: str) -> Draft202012Validator:
    return Draft202012Validator(published(f"{file_name(event_type)}.v1.schema"))


class CheckedOutbox(Outbox):
    """For all tests in memory."""

    def additions(self, events: Sequence[Event[Any]], revision: int, first: int = 0) -> Sequence[Any]:
        for event in events:
            schema_of(event.event_type).validate(event.model_dump(mode="json"))
        return super().additions(events, revision, first)
