"""Work on the search index: reindexing, of which there is at most one, the videos of all accounts, pending updates."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.lists.accounts import ACCOUNT, StoredAccounts
from cinedex.adapters.dynamodb.lists.list_state import BACKFILL, StoredListState
from cinedex.adapters.dynamodb.repository import DynamoDbRepository, Entity, Repository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO
from cinedex.kernel.errors import StaleRevision
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.index_update import IndexUpdate
from cinedex.search.domain.index.reindexing import Reindexing

ITEMS_READ_PER_VIDEO = 40
"""A scan reads all items of the table, and most of them are timeline entries."""


REINDEXING = Entity(Reindexing, keys.REINDEXING, revision="revision")
INDEX_UPDATE = Entity(IndexUpdate, keys.INDEX_UPDATE, since=lambda update: update.requested_at)


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
    """`AllVideos`: account by account. A scan of the table until the accounts of earlier versions are known."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table
        self._videos = DynamoDbRepository(table, VIDEO)
        self._accounts = StoredAccounts(DynamoDbRepository(table, ACCOUNT))
        self._state = StoredListState(DynamoDbRepository(table, BACKFILL))

    def page(self, after: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        start = json.loads(after) if after else None
        if isinstance(start, dict):
            return self._of_accounts(start["account"], start["video"], limit)
        if start is None and self._state.is_done:
            return self._of_accounts(None, None, limit)
        return self._scan(start, limit)

    def _of_accounts(self, account: str | None, video: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        """The rest of the account, or what the next account has: at most `limit` videos of one account."""
        if video is None:
            account = next(self._accounts.after(account), None)
        if account is None:
            return [], None
        page = self._videos.page(keys.account(account), limit, video, newest_first=False)
        return page.items, json.dumps({"account": account, "video": page.next_cursor})

    def _scan(self, start: tuple[str, str] | None, limit: int) -> tuple[Sequence[Video], str | None]:
        partitions, videos = keys.VIDEO.partition_prefix, (keys.VIDEO.sort_prefix,)
        items, last = self._table.scan(start, limit * ITEMS_READ_PER_VIDEO, pk_begins=partitions, sk_begins=videos)
        return [self._videos.load(item) for item in items], json.dumps(last) if last else None


class StoredIndexUpdates:
    """`IndexUpdates`."""

    def __init__(self, updates: Repository[IndexUpdate]) -> None:
        self._updates = updates

    def add(self, update: IndexUpdate) -> None:
        self._updates.write_together(self._updates.overwrite(update))

    def remove(self, update: IndexUpdate) -> None:
        self._updates.delete(keys.index_update(update.video_id, update.update_id))

    def list(self) -> Sequence[IndexUpdate]:
        return self._updates.list_unfinished()


def _first(state: Reindexing) -> Reindexing:
    return state.changed(revision=1)
