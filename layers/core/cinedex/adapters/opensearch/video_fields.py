"""The fields of a video in an index: on each of its segments, and on its manifest."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from cinedex.kernel.span import Span
from cinedex.kernel.text.folding import fold
from cinedex.library.domain.user_metadata import Value
from cinedex.search.domain.index.indexed_video import IndexedVideo

KINDS = {"text": "t", "number": "n", "boolean": "b"}
DELIMITER = "\u001f"

PROPERTIES: dict[str, Any] = {
    **{name: {"type": "keyword"} for name in ("collection_id", "languages", "features", "metadata")},
    **{name: {"type": "double"} for name in ("duration_s", "width", "height", "recorded_at_s")},
    "version": {"type": "long"},
    "media": {"type": "keyword", "index": False},
}
SEGMENT_PROPERTIES: dict[str, Any] = PROPERTIES | {
    name: {"type": "double"}
    for name in ("start_left_s", "end_left_s", "start_share", "end_share", "recorded_start_s", "recorded_end_s")
}
MANIFEST_PROPERTIES: dict[str, Any] = PROPERTIES | {
    "recorded_until_s": {"type": "double"},
    "account_id": {"type": "keyword"},
    "video_id": {"type": "keyword"},
    "name": {"type": "wildcard"},
}


def of_segment(video: IndexedVideo, span: Span) -> dict[str, Any]:
    """Times relative to the end of the video, to its length and to 1970 make relative ranges plain conditions."""
    length_s, recorded_at_s = video.duration_s, video.recorded_at_s
    fields = _fields(video) | {
        "start_left_s": length_s - span.start_s,
        "end_left_s": length_s - span.end_s,
        "start_share": span.start_s / length_s if length_s else 0.0,
        "end_share": span.end_s / length_s if length_s else 0.0,
    }
    if recorded_at_s is None:
        return fields
    return fields | {"recorded_start_s": recorded_at_s + span.start_s, "recorded_end_s": recorded_at_s + span.end_s}


def of_manifest(video: IndexedVideo) -> dict[str, Any]:
    fields = _fields(video) | {"account_id": video.account_id, "video_id": video.video_id, "name": fold(video.name)}
    if video.recorded_at_s is None:
        return fields
    return fields | {"recorded_until_s": video.recorded_at_s + video.duration_s}


def from_segment(source: Mapping[str, Any]) -> IndexedVideo:
    """What a segment has of its video; without name and metadata."""
    names = IndexedVideo.model_fields.keys() - {"metadata", "name"}
    return IndexedVideo.model_validate({name: source[name] for name in names if source.get(name) is not None})


def exact_term(key: str, value: Value) -> str:
    """One term for a key with its value; numbers sort like their terms."""
    if isinstance(value, bool):
        return f"{_prefix(key, 'boolean')}{value}"
    if isinstance(value, str):
        return f"{_prefix(key, 'text')}{value}"
    return number_term(key, float(value))


def number_term(key: str, number: float) -> str:
    """A float as 16 hexadecimal digits in the order of the numbers: the bits, inverted below 0."""
    [bits] = struct.unpack(">Q", struct.pack(">d", number + 0.0))
    ordered = bits ^ 0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else bits | 1 << 63
    return f"{_prefix(key, 'number')}{ordered:016x}"


def _prefix(key: str, kind: str) -> str:
    return f"{key}{DELIMITER}{KINDS[kind]}{DELIMITER}"


def _fields(video: IndexedVideo) -> dict[str, Any]:
    fields = video.model_dump(exclude={"account_id", "video_id", "name"}, exclude_none=True, mode="json")
    return fields | {"metadata": [exact_term(key, value) for key, value in video.metadata.items()]}
