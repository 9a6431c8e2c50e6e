"""Record and read the usage of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput
from cinedex.usage.ledger_entry import LedgerEntry
from cinedex.usage.operations import DayUsage, Operation
from cinedex.usage.usage_ledger import UsageLedger

DAYS_MAX = 366
DAYS_SHOWN = 30


@dataclass(frozen=True)
class RecordUsage:
    """Days are those of UTC."""

    ledger: UsageLedger
    clock: Clock

    def count(self, account_id: str, operation: Operation) -> None:
        self.ledger.count(account_id, self._today(), operation)

    def add(self, entry: LedgerEntry) -> None:
        """Safe to repeat: an entry with the same key is added once."""
        self.ledger.add(entry, self._today())

    def read(self, account_id: str, first: date | None, last: date | None) -> Sequence[DayUsage]:
        """By default the last 30 days. Raises `InvalidInput` for a range of more than a year or in reverse order."""
        until = last or self._today()
        since = first or until - timedelta(days=DAYS_SHOWN - 1)
        if not 0 <= (until - since).days < DAYS_MAX:
            raise InvalidInput(
                f"The first day must not be after the last day, nor more than {DAYS_MAX} days before it.",
                field="first_day",
            )
        return self.ledger.read(account_id, since, until)

    def _today(self) -> date:
        return self.clock.now().date()
