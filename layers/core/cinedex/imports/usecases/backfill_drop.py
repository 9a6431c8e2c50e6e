"""Bring files into the library that were in a bucket before: of the drop folder, or of a bucket of the account."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cinedex.imports.domain.drop_backfill import DropBackfill
from cinedex.imports.domain.drop_key import DropFile, DropRoot, is_ignored, locate
from cinedex.imports.domain.drop_notice import DropNotice
from cinedex.imports.ports.backfills import DropBackfills
from cinedex.imports.ports.drop_folder import DropFolder
from cinedex.imports.ports.drop_queue import DropQueue
from cinedex.imports.ports.drop_store import DropStore
from cinedex.imports.usecases.drop_sources import DropSources
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CinedexError, Failures, NotFound, StaleRevision
from cinedex.kernel.ids import new_id
from cinedex.kernel.log_fields import log_fields
from cinedex.kernel.pagination import ListPage, cursor_of, token_of
from cinedex.library.domain.video import StoredMedia

logger = logging.getLogger(__name__)

PAGE = 500
AT_ONCE_S_MAX = 5.0
TURN_S_MAX = 20.0
LIST = "drop-backfills"


@dataclass(frozen=True)
class BackfillDrop:
    """A job stores its position after each page, and any process can continue it. A page that is sent twice changes
    nothing: files that the library has are received once.
    """

    jobs: DropBackfills
    folder: DropFolder
    store: DropStore
    queue: DropQueue
    sources: DropSources
    clock: Clock
    now_s: Callable[[], float] = time.monotonic
    failures: Failures = (CinedexError,)

    def start(self, account_id: str, source: str | None, collection_name: str | None) -> DropBackfill:
        """`source`: `s3://bucket/prefix`; None: the drop folder of the account. Raises `NotFound`, `NotPermitted`."""
        root, prefix = self.sources.resolve(account_id, source, collection_name)
        self.folder.page(root.bucket, prefix, None, 1)
        return self.advance(self.jobs.add(self._job(root, prefix)), AT_ONCE_S_MAX)

    def start_all(self) -> int:
        """A job for each account with files in the drop folder: events may be lost. The number of new jobs."""
        running = {(job.account_id, job.source) for job in self.jobs.list_open()}
        jobs = [self._job(*self.sources.resolve(account_id, None, None)) for account_id in self.folder.accounts()]
        started = [self.jobs.add(job) for job in jobs if (job.account_id, job.source) not in running]
        return len(started)

    def get(self, account_id: str, job_id: str) -> DropBackfill:
        return self.jobs.get(account_id, job_id)

    def page(self, account_id: str, limit: int, token: str | None = None) -> ListPage[DropBackfill]:
        page = self.jobs.page(account_id, limit, cursor_of(token, LIST))
        return ListPage(page.items, token_of(page.next_cursor, LIST))

    def continue_all(self, seconds_max: float) -> int:
        """The number of jobs that have not ended. Each gets `TURN_S_MAX` at a time, first the oldest."""
        deadline = self.now_s() + seconds_max
        open_jobs = list(self.jobs.list_open())
        for job in open_jobs:
            left_s = deadline - self.now_s()
            if left_s > 0:
                self._continue(job, min(left_s, TURN_S_MAX))
        return len(self.jobs.list_open())

    def _continue(self, job: DropBackfill, seconds_max: float) -> None:
        """A job that fails now is continued later, and does not hold up the others."""
        try:
            self.advance(job, seconds_max)
        except self.failures as error:
            keys = {"account_id": job.account_id, "job_id": job.job_id}
            logger.warning("a backfill is continued later", extra=log_fields(error) | keys)

    def advance(self, job: DropBackfill, seconds_max: float) -> DropBackfill:
        """Another process may continue the same job; then this one stops."""
        deadline = self.now_s() + seconds_max
        try:
            while job.ended_at is None and self.now_s() < deadline:
                job = self.jobs.save(self._step(job))
        except StaleRevision:
            return self.jobs.get(job.account_id, job.job_id)
        return job

    def _step(self, job: DropBackfill) -> DropBackfill:
        try:
            page = self.folder.page(job.root.bucket, job.listed_prefix, job.cursor, PAGE)
        except NotFound as error:
            return job.failed(error.message, self.clock.now())
        notices = self._unknown(job.root, page.objects)
        self.queue.send(notices)
        return job.advanced(page.next_cursor, len(page.objects), len(notices), self.clock.now())

    def _unknown(self, root: DropRoot, objects: Sequence[StoredMedia]) -> Sequence[DropNotice]:
        """Of the objects that are not ignored, those that the library does not have in this version."""
        listed = [one for one in objects if not is_ignored(one.key.removeprefix(root.prefix))]
        places = {one.key: locate(root, one.key) for one in listed}
        known = self.store.find_many([place for place in places.values() if isinstance(place, DropFile)])
        by_key = {(one.bucket, one.key): one for one in known}
        new = [one for one in listed if not ((k := by_key.get((one.bucket, one.key))) and k.has(one))]
        own = root == self.sources.own(root.account_id)
        return [DropNotice(bucket=one.bucket, key=one.key, root=None if own else root) for one in new]

    def _job(self, root: DropRoot, prefix: str) -> DropBackfill:
        now = self.clock.now()
        return DropBackfill(
            job_id=new_id(),
            account_id=root.account_id,
            root=root,
            listed_prefix=prefix,
            created_at=now,
            updated_at=now,
        )
