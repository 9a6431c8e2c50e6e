"""S3 "Object Created" under uploads/: the file is probed and its video becomes `uploaded` or `failed`."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import register_media
from cinedex.library.domain.video import StoredMedia


def handler(event: dict[str, Any], context: object) -> None:
    register_media()(media_of(event["detail"]))


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
