"""Read a video, change it, store it; again when somebody else was faster."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from cinedex.kernel.errors import StaleRevision
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository

ATTEMPTS_MAX = 12
PAUSE_MAX_S = 0.5


def update_with_retry(
    videos: VideoRepository, account_id: str, video_id: str, change: Callable[[Video], Video]
) -> Video:
    """Apply `change` to the stored video; a change that returns its argument writes nothing.

    `change` may be called several times. Raises `NotFound`, what `change` raises, and `StaleRevision` when
    the video is under constant change.
    """
    for attempt in range(ATTEMPTS_MAX):
        before = videos.get(account_id, video_id)
        after = change(before)
        if after is before:
            return before
        try:
            return videos.save(after)
        except StaleRevision:
            time.sleep(random.uniform(0, min(0.02 * 2**attempt, PAUSE_MAX_S)))  # full jitter
    raise StaleRevision("The video is being changed by others; try again.")
