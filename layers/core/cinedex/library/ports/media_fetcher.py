"""The port that starts downloads in the background, and the event that the download function receives."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict


class FetchMediaEvent(BaseModel):
    model_config = ConfigDict(frozen=True)

    account_id: str
    video_id: str
    url: str


class MediaFetcher(Protocol):
    """Starts the download of a video's source URL in the background."""

    def request_fetch(self, account_id: str, video_id: str, url: str) -> None: ...
