"""Collections of an account, and their names: an item for each name, which at most one collection has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.lists import list_keys
from cinedex.adapters.dynamodb.lists.counts import Counts
from cinedex.adapters.dynamodb.lists.list_state import StoredListState
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.errors import CollectionNameTaken, CollectionNotFound, StaleRevision, Unavailable
from cinedex.kernel.pagination import Page
from cinedex.kernel.retry import CONFLICT, Sleep
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.folded_name import folded_name
from cinedex.library.domain.list_query import READ_MAX, CollectionQuery

COLLECTION = Entity(Collection, keys.COLLECTION, CollectionNotFound, revision="revision")
COUNT = "collections"
CHUNK = 50
"""A collection has up to 64 KB of metadata."""


class CollectionName(BaseModel):
    model_config = ConfigDict(frozen=True)

    account_id: str
    folded_name: str
    collection_id: str


NAME = Entity(CollectionName, keys.COLLECTION_NAME)
Admits = Callable[[Collection], bool]
Positions = tuple[Sequence[tuple[str, Collection | None]], str | None]


class StoredCollections:
    """`CollectionRepository` and `CollectionLister`.

    Names are compared without case. Of collections that an earlier version stored with the same name, one has the
    name item; the others keep their names.
    """

    def __init__(
        self,
        collections: Repository[Collection],
        names: Repository[CollectionName],
        counts: Counts,
        state: StoredListState,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._collections, self._names, self._counts = collections, names, counts
        self._state, self._sleep = state, sleep

    def add(self, collection: Collection) -> Collection:
        name = _name_of(collection)
        for _ in CONFLICT.attempts(f"add collection {collection.collection_id}", self._sleep):
            self._require_free(collection)
            creation = self._collections.creation(collection)
            if self._collections.write_together(creation, self._names.creation(name), self._count(collection, 1)):
                return collection
        raise _busy()

    def get(self, account_id: str, collection_id: str) -> Collection:
        return self._collections.get(keys.collection(account_id, collection_id))

    def get_many(self, account_id: str, collection_ids: Sequence[str]) -> Sequence[Collection]:
        return self._collections.get_many([keys.collection(account_id, one) for one in collection_ids])

    def save(self, collection: Collection) -> Collection:
        for _ in CONFLICT.attempts(f"store collection {collection.collection_id}", self._sleep):
            before = self.get(collection.account_id, collection.collection_id)
            if before.revision != collection.revision:
                raise StaleRevision("The collection was changed by another request.")
            renaming = self._renaming(before, collection)
            if renaming is not None and self._write(self._collections.replacement(collection), *renaming):
                return COLLECTION.next_revision(collection)
        raise _busy()

    def list(self, account_id: str) -> Sequence[Collection]:
        return self._collections.list(keys.account(account_id))

    def page(
        self,
        account_id: str,
        query: CollectionQuery,
        limit: int,
        cursor: str | None = None,
        admits: Admits = lambda _: True,
    ) -> Page[Collection]:
        """Ends like a page of videos."""
        shown: list[Collection] = []
        read, last = 0, None
        for position, collection in self._positions(account_id, query, min(limit + 1, CHUNK), cursor):
            matches = collection is not None and query.matches(collection)
            if len(shown) == limit or read == READ_MAX or (matches and collection and not admits(collection)):
                return Page(shown, last)
            read, last = read + 1, position
            if matches and collection is not None:
                shown.append(collection)
        return Page(shown, None)

    def count(self, account_id: str) -> int | None:
        """None until the collections of earlier versions are counted."""
        return self._counts.read(account_id, COUNT) if self._state.is_done else None

    def delete(self, account_id: str, collection_id: str) -> None:
        for _ in CONFLICT.attempts(f"delete collection {collection_id}", self._sleep):
            stored = self._collections.find(keys.collection(account_id, collection_id))
            if stored is None:
                return
            name = self._entered_name(stored)
            if name is not None and self._write(
                self._collections.deletion(stored), self._names.deletion(name), self._count(stored, -1)
            ):
                return
        raise _busy()

    def enter(self, collection: Collection) -> None:
        for _ in CONFLICT.attempts(f"list collection {collection.collection_id}", self._sleep):
            stored = self._collections.find(COLLECTION.key(collection))
            if stored is None or self._entered_name(stored) is not None:
                return
        raise _busy()

    def _entered_name(self, collection: Collection) -> CollectionName | None:
        """The name item of a stored collection, which is written now if an earlier version stored the collection.

        None if another request has changed the collection, or changes the same count.
        """
        own = (_name_of(collection), _second_name_of(collection))
        for name in own:
            if self._names.find(NAME.key(name)) == name:
                return name
        for name in own:
            entry = (self._names.creation(name), self._count(collection, 1))
            if self._write(self._collections.unchanged(collection), *entry):
                return name
        return None

    def _write(self, *writes: Any) -> bool:
        return self._collections.write_together(*writes)

    def _renaming(self, before: Collection, after: Collection) -> Sequence[Any] | None:
        """None if another request has changed the collection, or changes the same count."""
        name = _name_of(after)
        if _name_of(before) == name:
            return []
        self._require_free(after)
        entered = self._entered_name(before)
        return None if entered is None else [self._names.deletion(entered), self._names.creation(name)]

    def _require_free(self, collection: Collection) -> None:
        """Until the collections of earlier versions are entered, all are compared."""
        name = _name_of(collection)
        owner = self._names.find(NAME.key(name))
        others = [] if owner is None else [owner]
        if not others and not self._state.is_done:
            others = [_name_of(c) for c in self.list(name.account_id)]
        if any(o.folded_name == name.folded_name and o.collection_id != name.collection_id for o in others):
            raise CollectionNameTaken(collection.name)

    def _positions(
        self, account_id: str, query: CollectionQuery, chunk: int, cursor: str | None
    ) -> Iterator[tuple[str, Collection | None]]:
        """Each position of the list with its collection; None for one that was deleted just now."""
        if query.order.is_by_name and not self._state.is_done:
            raise Unavailable("The list by name is being prepared. Try again later, or sort by created_at.")
        read = self._by_name if query.order.is_by_name else self._by_time
        while True:
            positions, cursor = read(account_id, query, chunk, cursor)
            yield from positions
            if cursor is None:
                return
            chunk = CHUNK

    def _by_time(self, account_id: str, query: CollectionQuery, chunk: int, cursor: str | None) -> Positions:
        newest_first = query.order.is_descending
        page = self._collections.page(keys.account(account_id), chunk, cursor, newest_first=newest_first)
        return [(COLLECTION.cursor(c), c) for c in page.items], page.next_cursor

    def _by_name(self, account_id: str, query: CollectionQuery, chunk: int, cursor: str | None) -> Positions:
        between = (query.folded_name, query.folded_name + list_keys.LAST_NAME)
        partition, newest_first = list_keys.collection_names(account_id), query.order.is_descending
        page = self._names.page(partition, chunk, cursor, newest_first=newest_first, between=between)
        stored = self.get_many(account_id, [name.collection_id for name in page.items])
        by_id = {c.collection_id: c for c in stored}
        return [(NAME.cursor(name), by_id.get(name.collection_id)) for name in page.items], page.next_cursor

    def _count(self, collection: Collection, by: int) -> Any:
        return self._counts.addition(collection.account_id, COUNT, collection.collection_id, by)


def _name_of(collection: Collection) -> CollectionName:
    return CollectionName(
        account_id=collection.account_id,
        folded_name=folded_name(collection.name),
        collection_id=collection.collection_id,
    )


def _second_name_of(collection: Collection) -> CollectionName:
    """For a collection of an earlier version whose name another collection has."""
    name = _name_of(collection)
    return name.model_copy(update={"folded_name": f"{name.folded_name}\t{collection.collection_id}"})


def _busy() -> Unavailable:
    return Unavailable(f"The collection was changed by other requests in {CONFLICT.attempts_max} attempts. Try again.")
