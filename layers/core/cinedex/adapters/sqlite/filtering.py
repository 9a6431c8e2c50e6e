"""The filter of a search as conditions on the tables `video` and `segment`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite

from cinedex.kernel.number_range import NumberRange
from cinedex.library.domain.user_metadata import MetadataFilterValue, MetadataRange
from cinedex.search.domain.index.indexed_video import VideoConditions
from cinedex.search.domain.index.segment_document import WHOLE_VIDEO, SegmentFilter
from cinedex.search.domain.index.time_range import Instant

TIMED = """
(segment.start_s < {until_s} AND {from_s} < segment.end_s
    OR (segment.start_s = segment.end_s OR {from_s} = {until_s})
        AND segment.start_s <= {until_s} AND {from_s} <= segment.end_s)
"""
"""`Span.overlaps`, in SQL."""

_FILL = """
INSERT INTO part
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each(?)
"""


@dataclass
class Conditions:
    """Conditions in SQL, which contain no value of a request, and the values that they are bound to."""

    values: dict[str, object] = field(default_factory=dict)

    def bind(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def bind_list(self, values: object) -> str:
        return f"(SELECT value FROM json_each({self.bind(json.dumps(values))}))"  # nosec B608 # the value is bound, its name is made here


@dataclass(frozen=True)
class FilterSql:
    """`videos` is a condition on `video`, `segments` one on `video` and `segment`.

    `from_s` and `until_s` are the part of a video to search, as expressions; None for whole videos.
    """

    videos: str
    segments: str
    values: dict[str, object]
    from_s: str | None = None
    until_s: str | None = None

    @property
    def has_parts(self) -> bool:
        return self.from_s is not None


def filter_sql(connection: sqlite3.Connection, within: SegmentFilter) -> FilterSql:
    """Fills the table of windows. The filter is applied before ranking, so every query of a search contains it."""
    conditions = Conditions()
    videos = " AND ".join(_of_videos(conditions, within))
    if within.windows:
        parts = [(video_id, part.start_s, part.end_s) for video_id, part in within.windows.items()]
        connection.execute("DELETE FROM part")
        connection.execute(_FILL, (json.dumps(parts),))
    ranges = list(_ranges(conditions, within))
    windows = [*ranges, *_windows(conditions, within)]
    values = conditions.values | {"modalities": json.dumps(within.modalities)}
    if not windows:
        return FilterSql(videos, videos, values)
    from_s = _extreme("max", [start for start, _ in windows])
    until_s = _extreme("min", [end for _, end in windows])
    shared = [f"({_shared(one, other)})" for n, one in enumerate(windows) for other in windows[:n]]
    with_parts = " AND ".join([videos, *shared, *(f"({start} < {end})" for start, end in ranges)])
    segments = f"{with_parts} AND {TIMED.format(from_s=from_s, until_s=until_s)}"
    return FilterSql(with_parts, segments, values, from_s, until_s)


def videos_sql(within: SegmentFilter) -> FilterSql:
    """Without the parts of the videos."""
    conditions = Conditions()
    videos = " AND ".join(_of_videos(conditions, within))
    return FilterSql(videos, videos, conditions.values)


def _extreme(function: str, expressions: list[str]) -> str:
    return expressions[0] if len(expressions) == 1 else f"{function}({', '.join(expressions)})"


def _shared(one: tuple[str, str], other: tuple[str, str]) -> str:
    """`Span.overlaps` of two windows."""
    (start, end), (from_s, until_s) = one, other
    instant = f"({start} = {end} OR {from_s} = {until_s}) AND {start} <= {until_s} AND {from_s} <= {end}"
    return f"{start} < {until_s} AND {from_s} < {end} OR {instant}"


def _of_videos(conditions: Conditions, within: SegmentFilter) -> Iterator[str]:
    yield f"video.account_id = {conditions.bind(within.account_id)}"
    if within.video_ids is not None:
        yield f"video.video_id IN {conditions.bind_list(within.video_ids)}"
    if within.excluded_ids:
        yield f"video.video_id NOT IN {conditions.bind_list(within.excluded_ids)}"
    if fields := " AND ".join(_of_fields(conditions, within.videos)):
        yield f"(video.version = 0 OR {fields})"


def _of_fields(conditions: Conditions, videos: VideoConditions) -> Iterator[str]:
    if videos.collection_ids is not None:
        yield f"video.collection_id IN {conditions.bind_list(videos.collection_ids)}"
    for feature in videos.features:
        yield _has(conditions, "features", feature)
    for column, listed in (("features", videos.any_of), ("languages", videos.languages)):
        if listed is not None:
            yield f"({' OR '.join(_has(conditions, column, value) for value in listed) or '0'})"
    for column, allowed in (("duration_s", videos.duration_s), ("width", videos.width), ("height", videos.height)):
        yield from _in_range(conditions, f"video.{column}", allowed)
    for key, required in videos.metadata.keys.items():
        matches = " AND ".join(["m.key = " + conditions.bind(key), *_of_value(conditions, required)])
        yield f"EXISTS (SELECT 1 FROM json_each(video.metadata) AS m WHERE {matches})"  # nosec B608 # values are bound
    yield from _of_recording(conditions, videos)


def _of_recording(conditions: Conditions, videos: VideoConditions) -> Iterator[str]:
    if videos.needs_recording_time:
        yield "video.recorded_at_s IS NOT NULL"
    if videos.recorded_to_s is not None:
        yield f"video.recorded_at_s <= {conditions.bind(videos.recorded_to_s)}"
    if videos.recorded_from_s is not None:
        yield f"video.recorded_at_s + video.duration_s >= {conditions.bind(videos.recorded_from_s)}"


def _has(conditions: Conditions, column: str, value: str) -> str:
    return f"instr(video.{column}, {conditions.bind(f'|{value}|')})"


def _in_range(conditions: Conditions, expression: str, allowed: NumberRange) -> Iterator[str]:
    if allowed.gte is not None:
        yield f"{expression} >= {conditions.bind(allowed.gte)}"
    if allowed.lte is not None:
        yield f"{expression} <= {conditions.bind(allowed.lte)}"


def _of_value(conditions: Conditions, required: MetadataFilterValue) -> Iterator[str]:
    if isinstance(required, bool):
        yield f"m.type = '{'true' if required else 'false'}'"
    elif isinstance(required, str):
        yield f"m.type = 'text' AND m.value = {conditions.bind(required)}"
    else:
        yield "m.type IN ('integer', 'real')"
        exact = NumberRange(gte=required, lte=required) if not isinstance(required, MetadataRange) else required
        yield from _in_range(conditions, "m.value", exact)


def _windows(conditions: Conditions, within: SegmentFilter) -> Iterator[tuple[str, str]]:
    """Start and end of each window, in seconds from the start of the video."""
    whole = (str(WHOLE_VIDEO.start_s), str(WHOLE_VIDEO.end_s))
    if within.windows:
        stored = "(SELECT {} FROM part WHERE part.video_id = video.video_id)"
        yield f"coalesce({stored.format('start_s')}, {whole[0]})", f"coalesce({stored.format('end_s')}, {whole[1]})"
    if within.videos.needs_recording_time:
        yield _recorded(conditions, within.videos)
    if within.within is not None:
        yield conditions.bind(within.within.start_s), conditions.bind(within.within.end_s)


def _ranges(conditions: Conditions, within: SegmentFilter) -> Iterator[tuple[str, str]]:
    for time_range in within.ranges:
        start = _seconds_in(conditions, time_range.start) if time_range.start else "0.0"
        end = _seconds_in(conditions, time_range.end) if time_range.end else "video.duration_s"
        yield _if_known(start, str(WHOLE_VIDEO.start_s)), _if_known(end, str(WHOLE_VIDEO.end_s))


def _if_known(expression: str, otherwise: str) -> str:
    return f"iif(video.version = 0, {otherwise}, {expression})"


def _seconds_in(conditions: Conditions, instant: Instant) -> str:
    """`Instant.seconds_in`, in SQL."""
    distance = f"{conditions.bind(instant.seconds)} + {conditions.bind(instant.share)} * video.duration_s"
    limits = [conditions.bind(instant.seconds_max)] if isfinite(instant.seconds_max) else []
    shortest = f"min({', '.join([distance, *limits, 'video.duration_s'])})"
    return f"video.duration_s - {shortest}" if instant.from_end else shortest


def _recorded(conditions: Conditions, videos: VideoConditions) -> tuple[str, str]:
    start, end = "0.0", "video.duration_s"
    if videos.recorded_from_s is not None:
        start = f"max(0.0, {conditions.bind(videos.recorded_from_s)} - video.recorded_at_s)"
    if videos.recorded_to_s is not None:
        end = f"min(video.duration_s, {conditions.bind(videos.recorded_to_s)} - video.recorded_at_s)"
    return _if_known(start, str(WHOLE_VIDEO.start_s)), _if_known(end, str(WHOLE_VIDEO.end_s))
