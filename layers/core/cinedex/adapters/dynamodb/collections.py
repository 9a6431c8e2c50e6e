"""Collections of an account."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.errors import CollectionNotFound
from cinedex.library.domain.collection import Collection


class DynamoDbCollections:
    """`CollectionRepository`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def add(self, collection: Collection) -> Collection:
        self._table.put(_collection_item(collection), "attribute_not_exists(pk)")
        return collection

    def get(self, account_id: str, collection_id: str) -> Collection:
        item = self._table.get(f"A#{account_id}", f"C#{collection_id}")
        if item is None:
            raise CollectionNotFound
        return Collection.model_validate_json(str(item["body"]))

    def save(self, collection: Collection) -> Collection:
        try:
            self._table.put(_collection_item(collection), "attribute_exists(pk)")
        except ConditionFailed:
            raise CollectionNotFound from None
        return collection

    def list(self, account_id: str) -> Sequence[Collection]:
        items = self._table.query(f"A#{account_id}", begins="C#", newest_first=True)
        return [Collection.model_validate_json(str(i["body"])) for i in items]

    def delete(self, account_id: str, collection_id: str) -> None:
        self._table.delete(f"A#{account_id}", f"C#{collection_id}")


def _collection_item(collection: Collection) -> Item:
    return {
        "pk": f"A#{collection.account_id}",
        "sk": f"C#{collection.collection_id}",
        "body": collection.model_dump_json(),
    }
