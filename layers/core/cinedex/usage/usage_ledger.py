"""Stores the usage of accounts by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from cinedex.usage.ledger_entry import LedgerEntry
from cinedex.usage.operations import DayUsage, Operation


class UsageLedger(Protocol):
    def count(self, account_id: str, day: date, operation: Operation) -> None:
        """Count one call."""

    def add(self, entry: LedgerEntry, day: date) -> None:
        """Has no effect if an entry with the same key was added before, on whichever day."""

    def read(self, account_id: str, first: date, last: date) -> Sequence[DayUsage]:
        """The days with usage in order; both ends are included."""
