"""Delete videos that are older than the retention of their collection."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CinedexError, Failures, NotFound, StaleRevision
from cinedex.kernel.log_fields import log_fields
from cinedex.library.domain.collection_policy import CollectionPolicy
from cinedex.library.domain.list_query import DateRange, Sort, VideoQuery
from cinedex.library.domain.video import Video
from cinedex.library.ports.collection_policies import CollectionPolicies
from cinedex.library.ports.repositories import CollectionRepository, VideoRepository
from cinedex.library.usecases.delete_video import DeleteVideo

logger = logging.getLogger(__name__)

PAGE = 50
SWEEP_INTERVAL = timedelta(hours=23)
"""Shorter than a day, so that a sweep that began late one day does not skip the next."""


@dataclass(frozen=True)
class ExpireVideos:
    """Each policy is swept once a day. Its position is stored after each page, so that a sweep that was interrupted, or
    that has no more time, continues in the next invocation.
    """

    policies: CollectionPolicies
    collections: CollectionRepository
    videos: VideoRepository
    delete: DeleteVideo
    clock: Clock
    now_s: Callable[[], float] = time.monotonic
    failures: Failures = (CinedexError,)

    def __call__(self, seconds_max: float) -> int:
        """The number of deleted videos."""
        deadline, deleted = self.now_s() + seconds_max, 0
        for policy in self.policies.list_retaining():
            if self.now_s() < deadline and self._is_due(policy):
                deleted += self._sweep(policy, deadline)
        return deleted

    def _is_due(self, policy: CollectionPolicy) -> bool:
        return policy.cursor is not None or policy.swept_at is None or self._age(policy.swept_at) > SWEEP_INTERVAL

    def _age(self, time: datetime) -> timedelta:
        return self.clock.now() - time

    def _sweep(self, policy: CollectionPolicy, deadline: float) -> int:
        """Another process may sweep the same policy, or a client may change it; then this one stops."""
        if not self.collections.get_many(policy.account_id, [policy.collection_id]):
            self.policies.delete(policy.account_id, policy.collection_id)
            return 0
        deleted = 0
        try:
            while self.now_s() < deadline:
                count, policy = self._step(policy)
                deleted += count
                if policy.cursor is None:
                    break
        except StaleRevision:
            return deleted
        return deleted

    def _step(self, policy: CollectionPolicy) -> tuple[int, CollectionPolicy]:
        assert policy.retention_days is not None
        until = self.clock.now() - timedelta(days=policy.retention_days)
        query = VideoQuery(collection_id=policy.collection_id, sort=Sort.OLDEST_FIRST, created=DateRange(until=until))
        page = self.videos.page(policy.account_id, query, PAGE, policy.cursor)
        deleted = sum(self._delete(video) for video in page.items)
        progress = {"cursor": page.next_cursor, "swept_at": self.clock.now()}
        return deleted, self.policies.save(policy.model_copy(update=progress))

    def _delete(self, video: Video) -> bool:
        """A video that cannot be deleted now is deleted in the sweep of the next day."""
        keys = {"account_id": video.account_id, "video_id": video.video_id}
        try:
            self.delete(video.account_id, video.video_id)
        except NotFound:
            return False
        except self.failures as error:
            logger.warning("a video could not be deleted after its retention", extra=log_fields(error) | keys)
            return False
        logger.info("a video was deleted after its retention", extra=keys)
        return True
