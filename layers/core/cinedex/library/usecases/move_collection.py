"""Move all videos of a collection: into another one, or out of it because it is deleted."""

from __future__ import annotations

import logging
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CinedexError, Failures, ImpossibleValue, NotFound, StaleRevision
from cinedex.kernel.ids import new_id
from cinedex.kernel.log_fields import log_fields
from cinedex.kernel.pagination import ListPage, cursor_of, token_of
from cinedex.library.domain.collection_job import CollectionJob, JobKind
from cinedex.library.domain.list_query import PAGE_LIMIT_MAX, VideoQuery
from cinedex.library.domain.video import Video
from cinedex.library.ports.collection_jobs import CollectionJobs
from cinedex.library.ports.repositories import CollectionRepository, VideoRepository
from cinedex.library.usecases.update_with_retry import update_with_retry

logger = logging.getLogger(__name__)

PAGE = 50
AT_ONCE_S_MAX = 5.0
"""How long the request that starts a job moves videos itself. Most collections are done by then."""
TURN_S_MAX = 5.0
"""How long an account moves videos in the background before the next account does."""
LIST = "jobs"


@dataclass(frozen=True)
class MoveCollection:
    """A job stores its progress after each page, and any process can continue it: moved videos are no longer in the
    list that it reads, so that a page that was moved twice changes nothing. A video that cannot be stored now stays in
    the list for the next pass, and does not hold up the others.
    """

    jobs: CollectionJobs
    collections: CollectionRepository
    videos: VideoRepository
    clock: Clock
    now_s: Callable[[], float] = time.monotonic
    failures: Failures = (CinedexError,)

    def delete(self, account_id: str, collection_id: str) -> CollectionJob:
        """The collection is gone when this returns. The job takes its videos out of it."""
        self.collections.get(account_id, collection_id)
        job = self._start(JobKind.DELETE_COLLECTION, account_id, collection_id, None)
        self.collections.delete(account_id, collection_id)
        return self._continued(job, AT_ONCE_S_MAX) or job

    def move(self, account_id: str, collection_id: str, target_id: str) -> CollectionJob:
        for one in (collection_id, target_id):
            self.collections.get(account_id, one)
        if collection_id == target_id:
            raise ImpossibleValue("The videos are in this collection already.", field="target_id")
        job = self._start(JobKind.MOVE_COLLECTION, account_id, collection_id, target_id)
        return self._continued(job, AT_ONCE_S_MAX) or job

    def get(self, account_id: str, job_id: str) -> CollectionJob:
        return self.jobs.get(account_id, job_id)

    def page(self, account_id: str, limit: int = PAGE_LIMIT_MAX, token: str | None = None) -> ListPage[CollectionJob]:
        page = self.jobs.page(account_id, limit, cursor_of(token, LIST))
        return ListPage(page.items, token_of(page.next_cursor, LIST))

    def continue_all(self, seconds_max: float) -> int:
        """The number of jobs that have not ended.

        Accounts take turns of `TURN_S_MAX`, first the one that has waited longest. The jobs of an account are carried
        out one after the other, the oldest first: two that move videos in opposite directions would not end otherwise.
        A job that fails, or moves nothing in its turn, is left out until the next time.
        """
        deadline, open_jobs = self.now_s() + seconds_max, self.jobs.list_open()
        turns = _turns(open_jobs)
        ended = 0
        while turns and (left_s := deadline - self.now_s()) > 0:
            queue = turns.popleft()
            before = queue.popleft()
            job = self._continued(before, min(left_s, TURN_S_MAX))
            if job is not None and job.ended_at is not None:
                ended += 1
            elif job is not None and job.videos_moved > before.videos_moved:
                queue.appendleft(job)
            if queue:
                turns.append(queue)
        return len(open_jobs) - ended

    def _continued(self, job: CollectionJob, seconds_max: float) -> CollectionJob | None:
        """None for a job that fails."""
        try:
            return self.advance(job, seconds_max)
        except self.failures as error:
            _log_later(job, error)
            return None

    def advance(self, job: CollectionJob, seconds_max: float) -> CollectionJob:
        """Ends the job after a pass that finds no video, and stops after one that moves none of those that it finds.

        Another process may continue the same job; then this one stops.
        """
        deadline, query = self.now_s() + seconds_max, VideoQuery(collection_id=job.collection_id)
        has_videos = has_moved = job.cursor is not None  # of a pass that an earlier call has begun, not all is known
        try:
            while self.now_s() < deadline:
                page = self.videos.page(job.account_id, query, PAGE, job.cursor)
                has_videos = has_videos or bool(page.items)
                if (not has_videos and page.next_cursor is None) or self._has_lost_its_target(job):
                    return self._end(job)
                moved = self._move_page(job, page.items, deadline)
                job = self.jobs.save(job.advanced(moved, page.next_cursor, self.clock.now()))
                has_moved = has_moved or moved > 0
                if job.cursor is None:
                    if not has_moved:
                        return job
                    has_videos, has_moved = False, False
        except StaleRevision:
            return self.jobs.get(job.account_id, job.job_id)
        return job

    def _move_page(self, job: CollectionJob, videos: Sequence[Video], deadline: float) -> int:
        """In random order: a failure may take seconds, and after the deadline the rest waits for the next pass."""
        moved = 0
        for video in random.sample(videos, len(videos)):
            try:
                moved += self._move(job, video.video_id)
            except self.failures as error:
                _log_later(job, error, video_id=video.video_id)
                if self.now_s() >= deadline:
                    break
        return moved

    def _has_lost_its_target(self, job: CollectionJob) -> bool:
        return job.target_id is not None and not self.collections.get_many(job.account_id, [job.target_id])

    def _start(self, kind: JobKind, account_id: str, collection_id: str, target_id: str | None) -> CollectionJob:
        now = self.clock.now()
        job = CollectionJob(
            job_id=new_id(),
            account_id=account_id,
            kind=kind,
            collection_id=collection_id,
            target_id=target_id,
            videos_total=self.videos.count(account_id, VideoQuery(collection_id=collection_id)),
            created_at=now,
            updated_at=now,
        )
        return self.jobs.add(job)

    def _end(self, job: CollectionJob) -> CollectionJob:
        """Deletes the collection again, in case that the request that began the job was interrupted before."""
        if job.kind is JobKind.DELETE_COLLECTION:
            self.collections.delete(job.account_id, job.collection_id)
        return self.jobs.save(job.ended(self.clock.now()))

    def _move(self, job: CollectionJob, video_id: str) -> bool:
        """False for a video that a client has moved or deleted meanwhile, which is left alone."""
        target = job.target_id if job.kind is JobKind.MOVE_COLLECTION else None
        is_moved = False

        def move(video: Video) -> Video:
            nonlocal is_moved
            is_moved = video.collection_id == job.collection_id
            return video.changed(collection_id=target) if is_moved else video

        try:
            update_with_retry(self.videos, job.account_id, video_id, move)
        except NotFound:
            return False
        return is_moved


def _turns(open_jobs: Sequence[CollectionJob]) -> deque[deque[CollectionJob]]:
    """A queue of jobs for each account, first the one whose first job was continued the longest time ago."""
    queues: dict[str, deque[CollectionJob]] = {}
    for job in open_jobs:
        queues.setdefault(job.account_id, deque()).append(job)
    return deque(sorted(queues.values(), key=lambda queue: queue[0].updated_at))


def _log_later(job: CollectionJob, error: Exception, **fields: str) -> None:
    keys = {"account_id": job.account_id, "job_id": job.job_id}
    logger.warning("a job is continued later", extra=log_fields(error) | keys | fields)
