"""The port that starts downloads in the background."""

from __future__ import annotations

from typing import Protocol


class MediaFetcher(Protocol):
    """Starts the download of a video's source URL in the background."""

    def request_fetch(self, account_id: str, video_id: str, url: str) -> None: ...
