"""Collections of an account."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.errors import CollectionNotFound
from cinedex.library.domain.collection import Collection

COLLECTION = Entity(Collection, keys.COLLECTION, CollectionNotFound)


class StoredCollections:
    """`CollectionRepository`."""

    def __init__(self, collections: Repository[Collection]) -> None:
        self._collections = collections

    def add(self, collection: Collection) -> Collection:
        return self._collections.create(collection)

    def get(self, account_id: str, collection_id: str) -> Collection:
        return self._collections.get(keys.collection(account_id, collection_id))

    def save(self, collection: Collection) -> Collection:
        return self._collections.replace(collection)

    def list(self, account_id: str) -> Sequence[Collection]:
        return self._collections.list(keys.account(account_id))

    def delete(self, account_id: str, collection_id: str) -> None:
        self._collections.delete(keys.collection(account_id, collection_id))
