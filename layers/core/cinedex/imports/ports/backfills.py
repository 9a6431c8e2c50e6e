"""The port of backfill jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.imports.domain.drop_backfill import DropBackfill
from cinedex.kernel.pagination import Page


class DropBackfills(Protocol):
    def add(self, job: DropBackfill) -> DropBackfill: ...

    def get(self, account_id: str, job_id: str) -> DropBackfill:
        """Raises `JobNotFound`."""

    def save(self, job: DropBackfill) -> DropBackfill:
        """Store over the revision that was read; raises `StaleRevision`."""

    def page(self, account_id: str, limit: int, cursor: str | None = None) -> Page[DropBackfill]:
        """Newest first."""

    def list_open(self) -> Sequence[DropBackfill]:
        """Of all accounts, oldest first."""
