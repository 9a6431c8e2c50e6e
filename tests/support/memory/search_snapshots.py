"""Ranked lists in a dictionary."""

from __future__ import annotations

from datetime import datetime

from cinedex.search.domain.results.search_snapshot import SearchSnapshot


class MemorySearchSnapshots:
    """`SearchSnapshots`."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], tuple[SearchSnapshot, datetime]] = {}

    def save(self, account_id: str, list_id: str, snapshot: SearchSnapshot, expires_at: datetime) -> None:
        self._lists[account_id, list_id] = (snapshot, expires_at)

    def find(self, account_id: str, list_id: str, now: datetime) -> SearchSnapshot | None:
        snapshot, expires_at = self._lists.get((account_id, list_id), (None, now))
        return snapshot if expires_at > now else None
