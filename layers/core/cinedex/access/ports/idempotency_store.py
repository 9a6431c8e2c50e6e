"""Stores one record for each idempotency key."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord


class IdempotencyStore(Protocol):
    """reserve → complete, or release. An expired record counts as absent, even where it is still stored."""

    def find(self, key: IdempotencyKey, now: datetime) -> IdempotencyRecord | None:
        """The record of a key, complete or not; sees every earlier write."""

    def reserve(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        """Store `record` if no other one holds its key against it, and return None; otherwise return the other one."""

    def complete(self, record: IdempotencyRecord) -> None:
        """Store the result with which later requests are answered. No effect if another request has taken the key."""

    def release(self, record: IdempotencyRecord) -> None:
        """Free the key after a failure. No effect if another request has taken the key."""
