"""Terms for the video and the collection of a segment, for the full-text index."""

from __future__ import annotations

import hashlib


def video_term(video_id: str) -> str:
    return _term("v", video_id)


def collection_term(collection_id: str | None) -> str:
    """None stands for a video whose fields are not known; a video without a collection has the empty id."""
    return _term("c", "unknown" if collection_id is None else f"id {collection_id}")


def _term(kind: str, value: str) -> str:
    """Letters and digits that the stemmer leaves as they are, because the last one is a digit."""
    return f"z{kind}{hashlib.sha256(value.encode()).hexdigest()[:20]}0"
