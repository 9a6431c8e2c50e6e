"""Stores when each API key was last used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class KeyUses(Protocol):
    def record(self, key_id: str, now: datetime, after: datetime) -> None:
        """Store `now` unless a use later than `after` is stored. Raises `Unavailable`."""

    def last_used(self, key_ids: Sequence[str]) -> Mapping[str, datetime]:
        """Keys without a recorded use are absent."""
