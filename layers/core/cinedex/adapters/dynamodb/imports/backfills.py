"""Jobs that send the objects below a prefix to the drop queue."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.imports import drop_keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.imports.domain.drop_backfill import DropBackfill
from cinedex.kernel.errors import JobNotFound
from cinedex.kernel.pagination import Page

DROP_BACKFILL = Entity(
    DropBackfill,
    keys.DROP_BACKFILL,
    JobNotFound,
    revision="revision",
    since=lambda job: None if job.ended_at else job.created_at,
    expires=lambda job: job.expires_at,
)


class StoredDropBackfills:
    """`DropBackfills`."""

    def __init__(self, jobs: Repository[DropBackfill]) -> None:
        self._jobs = jobs

    def add(self, job: DropBackfill) -> DropBackfill:
        return self._jobs.create(job)

    def get(self, account_id: str, job_id: str) -> DropBackfill:
        return self._jobs.get(drop_keys.drop_backfill(account_id, job_id))

    def save(self, job: DropBackfill) -> DropBackfill:
        return self._jobs.replace(job)

    def page(self, account_id: str, limit: int, cursor: str | None = None) -> Page[DropBackfill]:
        return self._jobs.page(keys.account(account_id), limit, cursor)

    def list_open(self) -> Sequence[DropBackfill]:
        return self._jobs.list_unfinished()
