"""The port for stored ranked lists of searches."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cinedex.search.domain.results.search_snapshot import SearchSnapshot


class SearchSnapshots(Protocol):
    """A list is visible to its account only, until it expires."""

    def save(self, account_id: str, list_id: str, snapshot: SearchSnapshot, expires_at: datetime) -> None: ...

    def find(self, account_id: str, list_id: str, now: datetime) -> SearchSnapshot | None: ...
