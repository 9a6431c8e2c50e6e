"""Publish a change of a video to everything that is derived from it, then store the change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cinedex.kernel.errors import NotFound
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.ports.video_events import VideoEraser, VideoPublisher
from cinedex.library.usecases.update_with_retry import update_with_retry


@dataclass(frozen=True)
class PublishVideo:
    """Publishes first, so that nothing is stored that a publisher has refused.

    A concurrent deletion cannot see what is written here. Therefore everything is erased again when the video
    no longer exists afterwards.
    """

    videos: VideoRepository
    publishers: Sequence[VideoPublisher]
    erasers: Sequence[VideoEraser]

    def __call__(self, video: Video, change: Callable[[Video], Video]) -> int:
        """The number of items that were published.

        `change` may be called several times. Raises `NotFound` when the video was deleted meanwhile.
        """
        changed: Video | None = None
        try:
            changed = change(video)
            count = self._publish(changed)
            stored = update_with_retry(self.videos, video.account_id, video.video_id, change)
            if stored != changed.changed(revision=stored.revision):  # another writer changed the video, too
                count = self._publish(stored)
        except NotFound:
            self._withdraw(video, changed is not None)
            raise
        return count

    def _publish(self, video: Video) -> int:
        return sum(publisher.publish(video) for publisher in self.publishers)

    def _withdraw(self, video: Video, is_published: bool) -> None:
        """The change is not stored: the video, or the collection that it joins, was deleted."""
        stored = self.videos.get_many(video.account_id, [video.video_id])
        if not stored:
            self._erase(video)
        elif is_published:
            self._publish(stored[0])

    def _erase(self, video: Video) -> None:
        for eraser in self.erasers:
            eraser.erase(video.account_id, video.video_id)
