"""Remembers what a repeated request was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cinedex.domain.kept_response import Claim, KeptResponse


class RequestMemory(Protocol):
    """A claim that has passed its time is as good as none."""

    def claim(self, key: str, claim: Claim, until: datetime, now: datetime) -> Claim | None:
        """None when the key is now claimed; else the claim that was there first."""

    def keep(self, key: str, claim: Claim, response: KeptResponse, until: datetime) -> None:
        """Answer later claims with `response`; nothing happens when the claim was lost meanwhile."""

    def release(self, key: str, claim: Claim) -> None:
        """The key may be claimed anew; nothing happens when the claim was lost meanwhile."""
