"""The state of reindexing, of which there is at most one, and a scan over the videos of all accounts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.repository import DynamoDbRepository, Entity, Repository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO
from cinedex.kernel.errors import StaleRevision
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.reindexing import Reindexing

ITEMS_READ_PER_VIDEO = 40
"""A scan reads all items of the table, and most of them are timeline entries."""


REINDEXING = Entity(Reindexing, keys.REINDEXING, revision="revision")


class StoredReindexing:
    """`ReindexingRepository`."""

    def __init__(self, states: Repository[Reindexing]) -> None:
        self._states = states

    def find(self) -> Reindexing | None:
        return self._states.find(keys.reindexing())

    def save(self, state: Reindexing) -> Reindexing:
        write = self._states.replacement(state) if state.revision else self._states.creation(_first(state))
        if not self._states.write_together(write):
            raise StaleRevision("Reindexing was continued by another process, or was abandoned.")
        return state.changed(revision=state.revision + 1)

    def remove(self) -> None:
        self._states.delete(keys.reindexing())


class DynamoDbAllVideos:
    """`AllVideos`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table
        self._videos = DynamoDbRepository(table, VIDEO)

    def page(self, after: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        start = json.loads(after) if after else None
        prefixes = {"pk_begins": keys.VIDEO.partition_prefix, "sk_begins": keys.VIDEO.sort_prefix}
        items, last = self._table.scan(start, limit * ITEMS_READ_PER_VIDEO, **prefixes)
        return [self._videos.load(item) for item in items], json.dumps(last) if last else None


def _first(state: Reindexing) -> Reindexing:
    return state.changed(revision=1)
