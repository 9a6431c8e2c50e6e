"""Jobs that move the videos of a collection."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.errors import JobNotFound
from cinedex.kernel.pagination import Page
from cinedex.library.domain.collection_job import CollectionJob

JOB = Entity(
    CollectionJob,
    keys.JOB,
    JobNotFound,
    revision="revision",
    since=lambda job: None if job.ended_at else job.created_at,
)


class StoredCollectionJobs:
    """`CollectionJobs`."""

    def __init__(self, jobs: Repository[CollectionJob]) -> None:
        self._jobs = jobs

    def add(self, job: CollectionJob) -> CollectionJob:
        return self._jobs.create(job)

    def get(self, account_id: str, job_id: str) -> CollectionJob:
        return self._jobs.get(keys.job(account_id, job_id))

    def save(self, job: CollectionJob) -> CollectionJob:
        return self._jobs.replace(job)

    def page(self, account_id: str, limit: int, cursor: str | None = None) -> Page[CollectionJob]:
        return self._jobs.page(keys.account(account_id), limit, cursor)

    def list_open(self) -> Sequence[CollectionJob]:
        return self._jobs.list_unfinished()
