"""Events of S3 as EventBridge passes them on."""

from __future__ import annotations

from typing import Any

from cinedex.library.domain.video import StoredMedia


def media_of(detail: dict[str, Any]) -> StoredMedia:
    """The file of an EventBridge event of S3, whose key is not URL-encoded."""
    stored = detail["object"]
    return StoredMedia(
        bucket=detail["bucket"]["name"],
        key=stored["key"],
        etag=str(stored.get("etag", "")).strip('"'),
        size_bytes=int(stored.get("size", 0)),
        sequencer=str(stored.get("sequencer", "")),
    )
