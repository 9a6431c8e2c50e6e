"""The filter of a search as conditions of OpenSearch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import inf, isfinite
from typing import Any

from cinedex.adapters.opensearch.video_fields import exact_term, number_term
from cinedex.kernel.number_range import NumberRange
from cinedex.kernel.span import Span
from cinedex.library.domain.user_metadata import MetadataFilterValue, MetadataRange
from cinedex.search.domain.index.indexed_video import VideoConditions
from cinedex.search.domain.index.segment_document import WHOLE_VIDEO, SegmentFilter
from cinedex.search.domain.index.time_range import Instant

MANIFEST = "video."
"""Prefix of the fields of a manifest, which therefore match no condition on segments."""
TOLERANCE_S = 1e-6
"""For times that are computed from the length of a video; hits are checked again exactly."""

Condition = dict[str, Any]


def segment_filters(within: SegmentFilter) -> list[Condition]:
    """Account and videos, and the part of each video to search."""
    return [*_of_ids("", within), *_parts(within), *_if_known([*_of_fields("", within.videos), *_times(within)])]


def manifest_filters(within: SegmentFilter) -> list[Condition]:
    return [*_of_ids(MANIFEST, within), *_of_fields(MANIFEST, within.videos)]


def unknown_filters(within: SegmentFilter) -> list[Condition]:
    """Segments without the fields of their video, which an earlier version wrote."""
    return [*_of_ids("", within), _none({"exists": {"field": "version"}})]


def needs_check(within: SegmentFilter) -> bool:
    """True when the conditions admit more than the filter."""
    return bool(within.ranges) or within.videos.needs_recording_time


def _if_known(conditions: Sequence[Condition]) -> list[Condition]:
    return [_any([_none({"exists": {"field": "version"}}), _all(conditions)])] if conditions else []


def _of_ids(prefix: str, within: SegmentFilter) -> Iterator[Condition]:
    yield {"term": {f"{prefix}account_id": within.account_id}}
    if within.video_ids is not None:
        yield {"terms": {f"{prefix}video_id": list(within.video_ids)}}
    if within.excluded_ids:
        yield _none({"terms": {f"{prefix}video_id": list(within.excluded_ids)}})


def _of_fields(prefix: str, videos: VideoConditions) -> Iterator[Condition]:
    listed = {"collection_id": videos.collection_ids, "languages": videos.languages, "features": videos.any_of}
    for name, values in listed.items():
        if values is not None:
            yield {"terms": {f"{prefix}{name}": list(values)}}
    for feature in videos.features:
        yield {"term": {f"{prefix}features": feature}}
    for name, allowed in (("duration_s", videos.duration_s), ("width", videos.width), ("height", videos.height)):
        if limits := allowed.model_dump(include={"gte", "lte"}, exclude_none=True):
            yield {"range": {f"{prefix}{name}": limits}}
    for key, required in videos.metadata.keys.items():
        yield _of_value(f"{prefix}metadata", key, required)
    if prefix and videos.needs_recording_time:
        yield from _recorded_video(prefix, videos)


def _of_value(field: str, key: str, required: MetadataFilterValue) -> Condition:
    if isinstance(required, MetadataRange):
        lowest = -inf if required.gte is None else required.gte
        highest = inf if required.lte is None else required.lte
        return {"range": {field: {"gte": number_term(key, lowest), "lte": number_term(key, highest)}}}
    return {"term": {field: exact_term(key, required)}}


def _recorded_video(prefix: str, videos: VideoConditions) -> Iterator[Condition]:
    yield {"exists": {"field": f"{prefix}recorded_at_s"}}
    if videos.recorded_to_s is not None:
        yield {"range": {f"{prefix}recorded_at_s": {"lte": videos.recorded_to_s}}}
    if videos.recorded_from_s is not None:
        yield {"range": {f"{prefix}recorded_until_s": {"gte": videos.recorded_from_s}}}


def _parts(within: SegmentFilter) -> Iterator[Condition]:
    """The explicit parts of videos, each shared with `within`."""
    whole = within.within or WHOLE_VIDEO
    if not within.windows:
        yield from _overlap(whole)
        return
    by_part: Mapping[Span, list[str]] = defaultdict(list)
    for video_id, window in within.windows.items():
        if window.overlaps(whole):
            by_part[window.clipped_to(whole)].append(video_id)
    parts = [_all([{"terms": {"video_id": ids}}, *_overlap(part)]) for part, ids in by_part.items()]
    others = _all([_none({"terms": {"video_id": list(within.windows)}}), *_overlap(whole)])
    yield _any([*parts, others])


def _overlap(part: Span) -> list[Condition]:
    """`Span.overlaps`, as ranges."""
    if part == WHOLE_VIDEO:
        return []
    touching = [_range("start_s", lte=part.end_s), _range("end_s", gte=part.start_s)]
    if part.length_s == 0:
        return touching
    sharing = [_range("start_s", lt=part.end_s), _range("end_s", gt=part.start_s)]
    return [_any([_all(sharing), _all([{"term": {"is_instant": True}}, *touching])])]


def _times(within: SegmentFilter) -> Iterator[Condition]:
    for time_range in within.ranges:
        if time_range.start:
            yield _ends_after(time_range.start)
        if time_range.end:
            yield _starts_before(time_range.end)
    videos = within.videos
    if videos.needs_recording_time:
        limits = NumberRange(gte=videos.recorded_from_s, lte=videos.recorded_to_s)
        yield {"exists": {"field": "recorded_start_s"}}
        if limits.lte is not None:
            yield _range("recorded_start_s", lte=limits.lte)
        if limits.gte is not None:
            yield _range("recorded_end_s", gte=limits.gte)


def _ends_after(instant: Instant) -> Condition:
    """A segment ends at `instant` or later: `Instant.seconds_in` is a minimum, or from the end a maximum."""
    if instant.from_end:
        left = _range("end_left_s", lte=min(instant.seconds, instant.seconds_max) + TOLERANCE_S)
        share = _range("end_share", gte=1 - instant.share - TOLERANCE_S)
        longest = [_range("end_left_s", lte=instant.seconds_max + TOLERANCE_S)] if isfinite(instant.seconds_max) else []
        return _all([share, *longest]) if instant.share else left
    reached = (
        _range("end_share", gte=instant.share - TOLERANCE_S)
        if instant.share
        else _range("end_s", gte=instant.seconds - TOLERANCE_S)
    )
    latest = [_range("end_s", gte=instant.seconds_max - TOLERANCE_S)] if isfinite(instant.seconds_max) else []
    return _any([reached, *latest, _range("end_left_s", lte=TOLERANCE_S)])


def _starts_before(instant: Instant) -> Condition:
    if instant.from_end:
        share = _range("start_share", lte=1 - instant.share + TOLERANCE_S)
        left = _range("start_left_s", gte=instant.seconds - TOLERANCE_S)
        longest = [_range("start_left_s", gte=instant.seconds_max - TOLERANCE_S)] * isfinite(instant.seconds_max)
        return _any([share if instant.share else left, *longest])
    share = _range("start_share", lte=instant.share + TOLERANCE_S)
    seconds = _range("start_s", lte=min(instant.seconds, instant.seconds_max) + TOLERANCE_S)
    latest = [_range("start_s", lte=instant.seconds_max + TOLERANCE_S)] * isfinite(instant.seconds_max)
    return _all([share, *latest]) if instant.share else seconds


def _range(field: str, **limits: float) -> Condition:
    return {"range": {field: limits}}


def _all(conditions: Sequence[Condition]) -> Condition:
    return {"bool": {"filter": list(conditions)}}


def _any(conditions: Sequence[Condition]) -> Condition:
    return {"bool": {"should": list(conditions), "minimum_should_match": 1}}


def _none(condition: Condition) -> Condition:
    return {"bool": {"must_not": condition}}
