"""Downloads the source URL of a video into the media bucket, in the background."""

from __future__ import annotations

from cinedex.bootstrap.analysis import fetch_media
from cinedex.library.ports.media_fetcher import FetchMediaEvent
from cinedex.observability import lambda_handler


@lambda_handler(FetchMediaEvent)
def handler(event: FetchMediaEvent) -> None:
    fetch_media()(event.account_id, event.video_id, event.url)
