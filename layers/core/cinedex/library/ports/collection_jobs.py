"""The port of jobs that move the videos of a collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.kernel.pagination import Page
from cinedex.library.domain.collection_job import CollectionJob


class CollectionJobs(Protocol):
    def add(self, job: CollectionJob) -> CollectionJob: ...

    def get(self, account_id: str, job_id: str) -> CollectionJob:
        """Raises `JobNotFound`."""

    def save(self, job: CollectionJob) -> CollectionJob:
        """Store over the revision that was read; raises `StaleRevision`."""

    def page(self, account_id: str, limit: int, cursor: str | None = None) -> Page[CollectionJob]:
        """Newest first."""

    def list_open(self) -> Sequence[CollectionJob]:
        """Of all accounts, oldest first, those that have not ended."""
