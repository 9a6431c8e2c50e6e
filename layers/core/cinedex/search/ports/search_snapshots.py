"""Remembers for a while in which order moments answered a query."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cinedex.search.domain.results.search_snapshot import SearchSnapshot


class SearchSnapshots(Protocol):
    """A list that has passed its time is as good as none; no account sees another's."""

    def keep(self, account_id: str, list_id: str, ranked: SearchSnapshot, until: datetime) -> None: ...

    def find(self, account_id: str, list_id: str, now: datetime) -> SearchSnapshot | None: ...
