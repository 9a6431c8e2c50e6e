"""Remembers what a repeated request was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cinedex.access.domain.idempotency import IdempotencyRecord, StoredResponse


class IdempotencyStore(Protocol):
    """A claim that has passed its time is as good as none."""

    def claim(self, key: str, claim: IdempotencyRecord, until: datetime, now: datetime) -> IdempotencyRecord | None:
        """None when the key is now claimed; else the claim that was there first."""

    def keep(self, key: str, claim: IdempotencyRecord, response: StoredResponse, until: datetime) -> None:
        """Answer later claims with `response`; nothing happens when the claim was lost meanwhile."""

    def release(self, key: str, claim: IdempotencyRecord) -> None:
        """The key may be claimed anew; nothing happens when the claim was lost meanwhile."""
