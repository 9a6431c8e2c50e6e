"""Usage of accounts: for each day one item, and others for the operations, which are only added to.

Earlier versions counted the operations in the first item, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from random import randrange  # spreads writes; nothing depends on it

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.library.domain.feature import CATALOG
from cinedex.usage.ledger_entry import LedgerEntry
from cinedex.usage.operations import DayUsage, Operation, Usage

SHARDS = 16
DAY_CHARS = len("2026-11-28")
ANALYSED = "ms_"
"""Prefix of the attributes that count analysed milliseconds by feature."""


class DynamoDbUsageLedger:
    """`UsageLedger`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def count(self, account_id: str, day: date, operation: Operation) -> None:
        """Requests of one account are counted in `SHARDS` items, because an item takes 1,000 writes a second."""
        key = keys.day_operations(account_id, day, randrange(SHARDS))
        self._table.update(*key, "ADD #operation :one", {"#operation": operation.value}, {":one": 1})

    def add(self, entry: LedgerEntry, day: date) -> None:
        sums = ", ".join(f"{ANALYSED}{feature.value} :{feature.value}" for feature in entry.amounts)
        values: dict[str, str | int] = {f":{feature.value}": ms for feature, ms in entry.amounts.items()}
        addition = self._table.update_request(*keys.day_usage(entry.account_id, day), f"ADD {sums}", values)
        self._table.add_once(keys.ledger_mark(*entry.once_key), {}, addition)

    def read(self, account_id: str, first: date, last: date) -> Sequence[DayUsage]:
        between = (keys.day_usage(account_id, first).sk, keys.day_usage(account_id, last).sk + keys.LAST_ID)
        items = self._table.query(keys.account(account_id), between=between)
        return [_usage(day, list(of_day)) for day, of_day in groupby(items, _day)]


def _day(item: Item) -> date:
    """The sort key of the items of a day begins with the day."""
    return date.fromisoformat(str(item["sk"]).removeprefix(keys.DAY_USAGE.sort_prefix)[:DAY_CHARS])


def _usage(day: date, items: Sequence[Item]) -> DayUsage:
    def total(name: str) -> int:
        return sum(int(item.get(name, 0)) for item in items)

    usage = Usage(
        operations={operation: total(operation.value) for operation in Operation},
        analysed_ms={feature: total(f"{ANALYSED}{feature.value}") for feature in CATALOG},
        turns=total("chat_turns"),
        input_tokens=total("input_tokens"),
        output_tokens=total("output_tokens"),
    )
    return DayUsage(day=day, usage=usage)
