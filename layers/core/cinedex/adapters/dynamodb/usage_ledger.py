"""What accounts have used, in the one table.

| item            | pk            | sk               |
|-----------------|---------------|------------------|
| usage of a day  | A#{account}   | U#{date}         |
| a run was added | V#{video_id}  | METERED#{run_id} |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date

from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.library.domain.feature import CATALOG, Feature
from cinedex.usage.operations import DayUsage, Operation, Usage

PREFIX = "U#"
ANALYSED = "ms_"


class DynamoDbUsage:
    """`UsageLedger`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def count(self, account_id: str, day: date, deed: Operation) -> None:
        self._table.update(f"A#{account_id}", _sort_key(day), "ADD #deed :one", {"#deed": deed.value}, {":one": 1})

    def add_analysis(self, run: AnalysisRun, day: date, analysed_ms: Mapping[Feature, int]) -> None:
        pk, sk = f"V#{run.video_id}", f"METERED#{run.run_id}"
        mark = self._table.put_request({"pk": pk, "sk": sk}, "attribute_not_exists(pk)")
        sums = ", ".join(f"{ANALYSED}{feature.value} :{feature.value}" for feature in analysed_ms)
        values: dict[str, str | int] = {f":{feature.value}": ms for feature, ms in analysed_ms.items()}
        added = self._table.update_request(f"A#{run.account_id}", _sort_key(day), f"ADD {sums}", values)
        while self._table.get(pk, sk) is None:
            # Another run of the account that is added at the same instant makes the transaction fail, too.
            with suppress(ConditionFailed):
                self._table.put_and_update(mark, added)

    def read(self, account_id: str, first: date, last: date) -> Sequence[DayUsage]:
        days = self._table.query(f"A#{account_id}", between=(_sort_key(first), _sort_key(last)))
        return [_day(item) for item in days]


def _sort_key(day: date) -> str:
    return f"{PREFIX}{day.isoformat()}"


def _day(item: Item) -> DayUsage:
    usage = Usage(
        deeds={deed: int(item.get(deed.value, 0)) for deed in Operation},
        analysed_ms={feature: int(item.get(f"{ANALYSED}{feature.value}", 0)) for feature in CATALOG},
        turns=int(item.get("chat_turns", 0)),
        input_tokens=int(item.get("input_tokens", 0)),
        output_tokens=int(item.get("output_tokens", 0)),
    )
    return DayUsage(day=date.fromisoformat(str(item["sk"]).removeprefix(PREFIX)), usage=usage)
