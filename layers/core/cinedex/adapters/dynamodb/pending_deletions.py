"""Deletions in progress, in the one table: `E#{video_id}` / `ERASURE`, as unfinished work."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.library.domain.pending_deletion import PendingDeletion

ERASURE_WORK = "erase"


class DynamoDbPendingDeletions:
    """`Erasures`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def add(self, erasure: PendingDeletion) -> None:
        self._table.put(
            {
                "pk": f"E#{erasure.video_id}",
                "sk": "ERASURE",
                "body": erasure.model_dump_json(),
                "work": ERASURE_WORK,
                "since": erasure.asked_at.isoformat(),
            }
        )

    def remove(self, erasure: PendingDeletion) -> None:
        self._table.delete(f"E#{erasure.video_id}", "ERASURE")

    def list(self) -> Sequence[PendingDeletion]:
        return [PendingDeletion.model_validate_json(str(i["body"])) for i in self._table.query_work(ERASURE_WORK)]
