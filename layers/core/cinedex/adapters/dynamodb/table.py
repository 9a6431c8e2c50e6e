"""The one DynamoDB table: items of strings and whole numbers under a partition and a sort key."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item, dump, dump_item, key_of, load
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.retry import CONFLICT, RetryPolicy, Sleep

T = TypeVar("T")

BATCH_ITEMS_MAX = 25  # a limit of BatchWriteItem
BATCH_KEYS_MAX = 100  # a limit of BatchGetItem
SORT_KEY_BYTES_MAX = 1024  # a limit of DynamoDB: what is longer cannot be there
BATCH = RetryPolicy(attempts_max=12, pause_s=0.05, pause_s_max=5.0)
"""For the part of a batch that DynamoDB leaves unprocessed while it throttles."""


class ConditionFailed(Exception):
    """The item is not in the state that the write asked for."""


class DynamoDbTable:
    """Thread-safe; throttling is retried by botocore with full jitter."""

    def __init__(self, name: str, sleep: Sleep = time.sleep) -> None:
        self._name = name
        self.sleep = sleep
        self._client = boto3.client(
            "dynamodb", config=Config(retries={"mode": "adaptive", "max_attempts": 8}, max_pool_connections=50)
        )

    def get(self, pk: str, sk: str) -> Item | None:
        if len(sk.encode()) > SORT_KEY_BYTES_MAX:
            return None
        answer = self._client.get_item(TableName=self._name, Key=key_of(pk, sk), ConsistentRead=True)
        return load(answer["Item"]) if "Item" in answer else None

    def get_many(self, wanted: Sequence[tuple[str, str]]) -> list[Item]:
        """In no particular order; keys that do not exist are left out. Raises `Unavailable` under throttling."""
        items: list[Item] = []
        for batch in _batches(wanted, BATCH_KEYS_MAX):
            pending: Any = {self._name: {"Keys": [key_of(*k) for k in batch], "ConsistentRead": True}}
            for _ in BATCH.attempts(self.sleep):
                response = self._client.batch_get_item(RequestItems=pending)
                items.extend(load(i) for i in response["Responses"].get(self._name, []))
                pending = response.get("UnprocessedKeys")
                if not pending:
                    break
            else:
                raise Unavailable(f"DynamoDB did not read a batch in {BATCH.attempts_max} attempts.")
        return items

    def put(self, item: Item, condition: str | None = None, values: Mapping[str, str | int] | None = None) -> None:
        """Raises `ConditionFailed`, and `TooLarge` for what does not fit into an item."""
        self.write_together([self.put_request(item, condition, values)])

    def put_request(
        self, item: Item, condition: str | None = None, values: Mapping[str, str | int] | None = None
    ) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self._name, "Item": dump_item(item)}
        if condition:
            request["ConditionExpression"] = condition
        if values:
            request["ExpressionAttributeValues"] = dump(values)
        return request

    def update_request(self, pk: str, sk: str, expression: str, values: Mapping[str, str | int]) -> dict[str, Any]:
        return {
            "TableName": self._name,
            "Key": key_of(pk, sk),
            "UpdateExpression": expression,
            "ExpressionAttributeValues": dump(values),
        }

    def put_and_update(self, put: dict[str, Any], update: dict[str, Any]) -> None:
        """Both, or neither and `ConditionFailed`."""
        try:
            self._client.transact_write_items(TransactItems=[{"Put": put}, {"Update": update}])  # type: ignore[typeddict-item]
        except ClientError as error:
            raise _translated(error) from error

    def add(self, addition: dict[str, Any]) -> None:
        """Apply an `update_request` that only adds to counters; it creates the item if there is none."""
        self._client.update_item(**addition)

    def add_once(self, key: keys.Key, mark: Item, addition: dict[str, Any]) -> None:
        """Store `mark` under `key` and apply `addition`, unless the mark is already stored.

        A transaction fails also while another one writes the same items, so it is attempted again. Raises
        `Unavailable` when all attempts fail.
        """
        put = self.put_request({"pk": key.pk, "sk": key.sk, **mark}, "attribute_not_exists(pk)")
        for _ in CONFLICT.attempts(self.sleep):
            if self.get(*key) is not None:
                return
            with suppress(ConditionFailed):
                self.put_and_update(put, addition)
                return
        raise Unavailable(f"The usage was changed by other requests in {CONFLICT.attempts_max} attempts. Try again.")

    def write_together(self, puts: Sequence[dict[str, Any]]) -> None:
        """All of the puts, or none and `ConditionFailed`."""
        try:
            if len(puts) == 1:
                self._client.put_item(**puts[0])
            else:
                self._client.transact_write_items(TransactItems=[{"Put": p} for p in puts])  # type: ignore[typeddict-item]
        except ClientError as error:
            raise _translated(error) from error

    def update(
        self, pk: str, sk: str, expression: str, names: Mapping[str, str], values: Mapping[str, str | int]
    ) -> None:
        self._client.update_item(
            TableName=self._name,
            Key=key_of(pk, sk),
            UpdateExpression=expression,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=dump(values),
        )

    def change(self, pk: str, sk: str, expression: str, condition: str, values: Mapping[str, str | int]) -> Item:
        """Update one item if it is in the state of `condition`, and answer what it is now; raises `ConditionFailed`."""
        try:
            answer = self._client.update_item(
                TableName=self._name,
                Key=key_of(pk, sk),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=dump(values),
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            raise _translated(error) from error
        return load(answer["Attributes"])

    def delete(self, pk: str, sk: str) -> None:
        self._client.delete_item(TableName=self._name, Key=key_of(pk, sk))

    def delete_if(self, pk: str, sk: str, condition: str, values: Mapping[str, str | int]) -> None:
        """Raises `ConditionFailed`."""
        try:
            self._client.delete_item(
                TableName=self._name,
                Key=key_of(pk, sk),
                ConditionExpression=condition,
                ExpressionAttributeValues=dump(values),
            )
        except ClientError as error:
            raise _translated(error) from error

    def query(
        self,
        pk: str,
        *,
        begins: str | None = None,
        between: tuple[str, str] | None = None,
        newest_first: bool = False,
        keys_only: bool = False,
        page_size: int | None = None,
        consistent: bool = False,
    ) -> Iterator[Item]:
        """Items of a partition in order of their sort key, read page by page as they are consumed.

        `page_size` spares reading more than a caller wants; `consistent` sees everything that was written before.
        """
        values: dict[str, str | int] = {":pk": pk}
        condition = "pk = :pk"
        if begins is not None:
            condition, values[":sk"] = "pk = :pk AND begins_with(sk, :sk)", begins
        elif between is not None:
            condition += " AND sk BETWEEN :low AND :high"
            values[":low"], values[":high"] = between
            if between[0] > between[1]:  # DynamoDB refuses a range that runs backwards
                return
        options: dict[str, Any] = {
            "ScanIndexForward": not newest_first,
            "ConsistentRead": consistent,
            **_projection(keys_only),
        }
        if page_size is not None:
            options["PaginationConfig"] = {"PageSize": page_size}
        yield from self._pages(condition, values, **options)

    def query_work(self, kind: str) -> Iterator[Item]:
        """Items marked as unfinished work of a kind, oldest first; eventually consistent."""
        names = {"#work": "work"}  # a reserved word
        yield from self._pages(
            "#work = :work", {":work": kind}, IndexName=keys.WORK_INDEX, ExpressionAttributeNames=names
        )

    def scan(
        self, after: tuple[str, str] | None, looked_at_max: int, *, pk_begins: str, sk_begins: str
    ) -> tuple[list[Item], tuple[str, str] | None]:
        """Items of all partitions by how their keys begin, and where to go on; None at the end."""
        start: Any = {"ExclusiveStartKey": key_of(*after)} if after else {}
        answer = self._client.scan(
            TableName=self._name,
            Limit=looked_at_max,
            FilterExpression="begins_with(pk, :pk) AND begins_with(sk, :sk)",
            ExpressionAttributeValues=dump({":pk": pk_begins, ":sk": sk_begins}),
            **start,
        )
        last = answer.get("LastEvaluatedKey")
        return list(map(load, answer["Items"])), (last["pk"]["S"], last["sk"]["S"]) if last else None

    def _pages(self, condition: str, values: Mapping[str, str | int], **options: Any) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=dump(values),
            **options,
        )
        for page in pages:
            yield from map(load, page["Items"])

    def put_all(self, items: Iterable[Item]) -> None:
        """Not together: some may be stored when it fails. Raises `TooLarge` before any is."""
        self._write_batches([{"PutRequest": {"Item": dump_item(i)}} for i in items])

    def delete_all(self, unwanted: Iterable[tuple[str, str]]) -> None:
        self._write_batches({"DeleteRequest": {"Key": key_of(*k)}} for k in unwanted)

    def _write_batches(self, requests: Iterable[dict[str, Any]]) -> None:
        """Raises `Unavailable` under throttling."""
        for batch in _batches(requests, BATCH_ITEMS_MAX):
            pending: Any = {self._name: batch}
            for _ in BATCH.attempts(self.sleep):
                pending = self._client.batch_write_item(RequestItems=pending).get("UnprocessedItems")
                if not pending:
                    break
            else:
                raise Unavailable(f"DynamoDB did not write a batch in {BATCH.attempts_max} attempts.")


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _projection(keys_only: bool) -> dict[str, str]:
    return {"ProjectionExpression": "pk, sk"} if keys_only else {}


def _translated(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    reasons = [r.get("Code") for r in error.response.get("CancellationReasons", [])]
    if code == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in reasons:
        return ConditionFailed()
    if "TransactionConflict" in reasons or code == "TransactionConflictException":
        return ConditionFailed()
    return error
