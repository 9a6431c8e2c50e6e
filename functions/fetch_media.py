"""Downloads the URL of a video into the media bucket, in the background."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import fetch_media


def handler(event: dict[str, Any], context: object) -> None:
    fetch_media()(event["account_id"], event["video_id"], event["url"])
