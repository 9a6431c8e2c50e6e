"""The state of a backfill in the one table, `B#search` / `BACKFILL`, and every video by a scan of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.adapters.dynamodb.videos import video_of
from cinedex.kernel.errors import StaleRevision
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.reindexing import Reindexing

PLACE = ("B#search", "BACKFILL")
ITEMS_LOOKED_AT = 40
"""For each video that is wanted: there are more findings than videos in the table."""


class DynamoDbReindexings:
    """`ReindexingRepository` and `AllVideos`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def find(self) -> Reindexing | None:
        item = self._table.get(*PLACE)
        return Reindexing.model_validate_json(str(item["body"])) if item else None

    def save(self, backfill: Reindexing) -> Reindexing:
        stored = backfill.changed(revision=backfill.revision + 1)
        pk, sk = PLACE
        item: dict[str, str | int] = {
            "pk": pk,
            "sk": sk,
            "revision": stored.revision,
            "body": stored.model_dump_json(),
        }
        try:
            if backfill.revision:
                self._table.put(item, "revision = :before", {":before": backfill.revision})
            else:
                self._table.put(item, "attribute_not_exists(pk)")
        except ConditionFailed:
            raise StaleRevision("The backfill is carried on elsewhere, or was given up.") from None
        return stored

    def remove(self) -> None:
        self._table.delete(*PLACE)

    def page(self, after: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        start = json.loads(after) if after else None
        items, last = self._table.scan(start, limit * ITEMS_LOOKED_AT, pk_begins="A#", sk_begins="V#")
        return [video_of(item) for item in items], json.dumps(last) if last else None
