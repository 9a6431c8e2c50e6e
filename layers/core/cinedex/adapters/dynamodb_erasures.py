"""Deletions in progress, in the one table: `E#{video_id}` / `ERASURE`, as unfinished work."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb_table import DynamoDbTable
from cinedex.domain.erasure import Erasure

ERASURE_WORK = "erase"


class DynamoDbErasures:
    """`Erasures`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def add(self, erasure: Erasure) -> None:
        self._table.put(
            {
                "pk": f"E#{erasure.video_id}",
                "sk": "ERASURE",
                "body": erasure.model_dump_json(),
                "work": ERASURE_WORK,
                "since": erasure.asked_at.isoformat(),
            }
        )

    def remove(self, erasure: Erasure) -> None:
        self._table.delete(f"E#{erasure.video_id}", "ERASURE")

    def list(self) -> Sequence[Erasure]:
        return [Erasure.model_validate_json(str(i["body"])) for i in self._table.query_work(ERASURE_WORK)]
