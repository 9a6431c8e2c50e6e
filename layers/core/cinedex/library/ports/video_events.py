"""What other capabilities do when a video changes or is deleted; `library` knows only these two protocols."""

from __future__ import annotations

from typing import Protocol

from cinedex.library.domain.video import Video


class VideoPublisher(Protocol):
    """Keeps data that is derived from a video, such as its search documents."""

    def publish(self, video: Video) -> int:
        """Replace what is derived from the video; the number of items written. Safe to repeat.

        Raises `Unavailable` when the store cannot be reached.
        """


class VideoEraser(Protocol):
    """Erases what one store holds of a video."""

    def erase(self, account_id: str, video_id: str, /) -> bool:
        """Safe to repeat. True when work in progress was stopped, so that a late result may still arrive."""
