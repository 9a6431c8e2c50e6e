"""Usage of accounts: one item for each day, which is only added to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.library.domain.feature import CATALOG
from cinedex.usage.ledger_entry import LedgerEntry
from cinedex.usage.operations import DayUsage, Operation, Usage

ANALYSED = "ms_"
"""Prefix of the attributes that count analysed milliseconds by feature."""


class DynamoDbUsageLedger:
    """`UsageLedger`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def count(self, account_id: str, day: date, operation: Operation) -> None:
        key = keys.day_usage(account_id, day)
        self._table.update(*key, "ADD #operation :one", {"#operation": operation.value}, {":one": 1})

    def add(self, entry: LedgerEntry, day: date) -> None:
        sums = ", ".join(f"{ANALYSED}{feature.value} :{feature.value}" for feature in entry.amounts)
        values: dict[str, str | int] = {f":{feature.value}": ms for feature, ms in entry.amounts.items()}
        addition = self._table.update_request(*keys.day_usage(entry.account_id, day), f"ADD {sums}", values)
        self._table.add_once(keys.ledger_mark(*entry.once_key), {}, addition)

    def read(self, account_id: str, first: date, last: date) -> Sequence[DayUsage]:
        between = (keys.day_usage(account_id, first).sk, keys.day_usage(account_id, last).sk)
        return [_day(item) for item in self._table.query(keys.account(account_id), between=between)]


def _day(item: Item) -> DayUsage:
    usage = Usage(
        operations={operation: int(item.get(operation.value, 0)) for operation in Operation},
        analysed_ms={feature: int(item.get(f"{ANALYSED}{feature.value}", 0)) for feature in CATALOG},
        turns=int(item.get("chat_turns", 0)),
        input_tokens=int(item.get("input_tokens", 0)),
        output_tokens=int(item.get("output_tokens", 0)),
    )
    return DayUsage(day=date.fromisoformat(str(item["sk"]).removeprefix(keys.DAY_USAGE.sort_prefix)), usage=usage)
