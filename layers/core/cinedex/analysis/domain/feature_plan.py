"""Which features have to be computed, and which are blocked, before desired features are ready."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cinedex.library.domain.feature import CATALOG, Feature, FeatureStatus, closure, trigger_of
from cinedex.library.domain.video import UploadStatus, Video


class FeaturePlan(BaseModel):
    """`actionable` holds triggerable names only, each of which could be triggered right now."""

    model_config = ConfigDict(frozen=True)

    all_required: tuple[Feature, ...]
    statuses: dict[Feature, FeatureStatus]
    actionable: tuple[Feature, ...]
    processing: tuple[Feature, ...]
    blocked: tuple[Feature, ...]
    errors: dict[Feature, str]
    done: bool


def plan_features(video: Video, desired: tuple[Feature, ...]) -> FeaturePlan:
    """Changes nothing. A failed feature is never actionable, because retrying it is a decision of the client."""
    required = tuple(dict.fromkeys((*closure(desired), *desired)))
    statuses = {f: video.feature(f).status for f in required}
    errors = {f: reason for f in required if (reason := _reason(video, f))}
    errors |= {f: f"'{f.value}' is not available in this deployment." for f in desired if trigger_of(f) is None}
    return FeaturePlan(
        all_required=required,
        statuses=statuses,
        actionable=tuple(f for f in required if _actionable(video, f)),
        processing=tuple(f for f in required if statuses[f].in_flight),
        blocked=tuple(f for f in required if _blocked(video, f)),
        errors=errors,
        done=all(s is FeatureStatus.READY for s in statuses.values()),
    )


def _actionable(video: Video, feature: Feature) -> bool:
    idle = video.feature(feature).status in (FeatureStatus.NONE, FeatureStatus.BLOCKED)
    has_file = video.status is UploadStatus.UPLOADED
    return has_file and feature in CATALOG and idle and not video.missing_for(feature)


def _blocked(video: Video, feature: Feature) -> bool:
    """True when a dependency, direct or not, has failed."""
    trigger = trigger_of(feature)
    if trigger is None or video.feature(feature).status is FeatureStatus.READY:
        return False
    needs = [f for f in closure((trigger,)) if f is not feature]
    return any(video.feature(f).status is FeatureStatus.FAILED and not video.meets(f) for f in needs)


def _reason(video: Video, feature: Feature) -> str | None:
    state = video.feature(feature)
    if state.status is FeatureStatus.FAILED:
        return state.error or "The last computation failed."
    return None if state.status is FeatureStatus.READY else video.upload_error
