"""Read a video, change it and store it; repeat while concurrent writers are faster."""

from __future__ import annotations

import time
from collections.abc import Callable

from cinedex.kernel.errors import StaleRevision
from cinedex.kernel.retry import CONFLICT, LastError, Sleep
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository


def update_with_retry(
    videos: VideoRepository,
    account_id: str,
    video_id: str,
    change: Callable[[Video], Video],
    sleep: Sleep = time.sleep,
) -> Video:
    """Apply `change` to the stored video; a change that returns its argument writes nothing.

    `change` may be called several times. Raises `NotFound`, what `change` raises, and `StaleRevision` when
    other writers were faster in every attempt.
    """
    last = LastError()
    for _ in CONFLICT.attempts(f"update video {video_id}", sleep, last):
        before = videos.get(account_id, video_id)
        after = change(before)
        if after is before:
            return before
        try:
            return videos.save(after)
        except StaleRevision as error:
            last.error = error
    raise StaleRevision("The video was changed by other requests in every attempt. Try again.")
