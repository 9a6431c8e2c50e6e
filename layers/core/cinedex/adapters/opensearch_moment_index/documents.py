"""Segments as OpenSearch documents, and back."""

from __future__ import annotations

from typing import Any

from cinedex.domain.moment import SegmentDocument

DIGITS = 6
"""More say nothing about a cosine, and take twice the room on the way."""


def id_of(document: SegmentDocument) -> str:
    return f"{document.account_id}:{document.document_id}"


def note_id_of(account_id: str, video_id: str) -> str:
    """Of the document that notes which segments a video has; no filter lets it into a search."""
    return f"{account_id}:{video_id}"


def to_source(document: SegmentDocument) -> dict[str, Any]:
    source: dict[str, Any] = {
        "account_id": document.account_id,
        "video_id": document.video_id,
        "collection_id": document.collection_id,
        "segment_index": document.segment_index,
        "start_s": document.span.start_s,
        "end_s": document.span.end_s,
        "is_instant": document.span.length_s == 0,
        "model": document.model,
        "texts": {modality.value: text for modality, text in document.texts.items()},
    }
    if document.vectors:
        source["vectors"] = {v.modality.value: [round(x, DIGITS) for x in v.values] for v in document.vectors}
    return source


def from_source(source: dict[str, Any]) -> SegmentDocument:
    span = {"start_s": source["start_s"], "end_s": source["end_s"]}
    return SegmentDocument.model_validate({**source, "span": span})
