"""Ranked lists in a dictionary."""

from __future__ import annotations

from datetime import datetime

from cinedex.search.domain.results.search_snapshot import SearchSnapshot


class MemorySearchSnapshots:
    """`SearchSnapshots`."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], tuple[SearchSnapshot, datetime]] = {}

    def keep(self, account_id: str, list_id: str, ranked: SearchSnapshot, until: datetime) -> None:
        self._lists[account_id, list_id] = (ranked, until)

    def find(self, account_id: str, list_id: str, now: datetime) -> SearchSnapshot | None:
        ranked, until = self._lists.get((account_id, list_id), (None, now))
        return ranked if until > now else None
