"""Ranked lists in a dictionary."""

from __future__ import annotations

from datetime import datetime

from cinedex.domain.ranked_list import RankedList


class MemoryRankedLists:
    """`RankedLists`."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], tuple[RankedList, datetime]] = {}

    def keep(self, account_id: str, list_id: str, ranked: RankedList, until: datetime) -> None:
        self._lists[account_id, list_id] = (ranked, until)

    def find(self, account_id: str, list_id: str, now: datetime) -> RankedList | None:
        ranked, until = self._lists.get((account_id, list_id), (None, now))
        return ranked if until > now else None
