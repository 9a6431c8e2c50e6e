"""The DynamoDB table: items of strings and integers under a partition key and a sort key."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.batches import read_batches, write_batches
from cinedex.adapters.dynamodb.items import Item, Key, dump, dump_item, key_condition, key_of, load
from cinedex.adapters.time_limits import aws_config
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.retry import CONFLICT, LastError, Sleep

SORT_KEY_BYTES_MAX = 1024  # a limit of DynamoDB; no item has a longer one


class ConditionFailed(Exception):
    """The item is not in the state that the condition of a write requires."""


class DynamoDbTable:
    """Thread-safe; throttling is retried by botocore with full jitter."""

    def __init__(self, name: str, sleep: Sleep = time.sleep) -> None:
        self._name = name
        self.sleep = sleep
        self._client = boto3.client("dynamodb", config=aws_config(max_pool_connections=50))

    def get(self, pk: str, sk: str) -> Item | None:
        if len(sk.encode()) > SORT_KEY_BYTES_MAX:
            return None
        response = self._client.get_item(TableName=self._name, Key=key_of(pk, sk), ConsistentRead=True)
        return load(response["Item"]) if "Item" in response else None

    def get_many(self, requested: Sequence[tuple[str, str]]) -> list[Item]:
        """In no particular order; items that do not exist are left out. Raises `Unavailable` under throttling."""
        return list(read_batches(self._client, self._name, requested, self.sleep))

    def put(self, item: Item, condition: str | None = None, values: Mapping[str, str | int] | None = None) -> None:
        """Raises `ConditionFailed`, and `TooLarge` for an item over DynamoDB's limit."""
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

    def delete_request(
        self, pk: str, sk: str, condition: str, values: Mapping[str, str | int] | None = None
    ) -> dict[str, Any]:
        """For `write_together`."""
        return {"Delete": self._conditional(pk, sk, condition, values)}

    def check_request(
        self, pk: str, sk: str, condition: str, values: Mapping[str, str | int] | None = None
    ) -> dict[str, Any]:
        """For `write_together`: writes nothing, and fails the transaction if the item is in another state."""
        return {"ConditionCheck": self._conditional(pk, sk, condition, values)}

    def _conditional(self, pk: str, sk: str, condition: str, values: Mapping[str, str | int] | None) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self._name, "Key": key_of(pk, sk), "ConditionExpression": condition}
        return request | ({"ExpressionAttributeValues": dump(values)} if values else {})

    def add(self, addition: dict[str, Any]) -> None:
        """Apply an `update_request` that only adds to counters; it creates the item if there is none."""
        self._unconditionally("add to an item", lambda: self._client.update_item(**addition))

    def add_once(self, key: Key, mark: Item, addition: dict[str, Any]) -> None:
        """Store `mark` under `key` and apply `addition`, unless the mark is already stored.

        A transaction fails also while another one writes the same items, so it is attempted again. Raises
        `Unavailable` when all attempts fail.
        """
        put = self.put_request({"pk": key.pk, "sk": key.sk, **mark}, "attribute_not_exists(pk)")
        last = LastError()
        for _ in CONFLICT.attempts(f"apply the addition {key.sk}", self.sleep, last):
            if self.get(*key) is not None:
                return
            try:
                self.write_together([put, {"Update": addition}])
            except ConditionFailed as error:
                last.error = error
            else:
                return
        raise Unavailable(f"The usage was changed by other requests in {CONFLICT.attempts_max} attempts. Try again.")

    def write_together(self, writes: Sequence[dict[str, Any]]) -> None:
        """All of the writes, or none and `ConditionFailed`. A write is a put or another action of a transaction."""
        actions: list[Any] = [{"Put": write} if "TableName" in write else write for write in writes]
        try:
            if len(actions) == 1 and "Put" in actions[0]:
                self._client.put_item(**actions[0]["Put"])
            else:
                self._client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            raise _translate(error) from error

    def update(
        self, pk: str, sk: str, expression: str, names: Mapping[str, str], values: Mapping[str, str | int]
    ) -> None:
        request: dict[str, Any] = self.update_request(pk, sk, expression, values) | {"ExpressionAttributeNames": names}
        self._unconditionally(f"update the item {sk}", lambda: self._client.update_item(**request))

    def change(self, pk: str, sk: str, expression: str, condition: str, values: Mapping[str, str | int]) -> Item:
        """Update one item if it is in the state of `condition`, and return its attributes; raises `ConditionFailed`."""
        try:
            response = self._client.update_item(
                TableName=self._name,
                Key=key_of(pk, sk),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=dump(values),
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            raise _translate(error) from error
        return load(response["Attributes"])

    def delete(self, pk: str, sk: str) -> None:
        key = key_of(pk, sk)
        self._unconditionally(f"delete the item {sk}", lambda: self._client.delete_item(TableName=self._name, Key=key))

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
            raise _translate(error) from error

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

        `page_size` limits what one request reads; a `consistent` query sees every earlier write.
        """
        if between is not None and between[0] > between[1]:  # DynamoDB rejects such a range
            return
        condition, values = key_condition(pk, begins, between)
        options: dict[str, Any] = {"ScanIndexForward": not newest_first, "ConsistentRead": consistent}
        if keys_only:
            options["ProjectionExpression"] = "pk, sk"
        if page_size is not None:
            options["PaginationConfig"] = {"PageSize": page_size}
        yield from self._pages(condition, values, **options)

    def query_work(self, kind: str, page_size: int | None = None) -> Iterator[Item]:
        """Items marked as unfinished work of a kind, oldest first; eventually consistent."""
        names = {"#work": "work"}  # a reserved word
        options: dict[str, Any] = {"IndexName": keys.WORK_INDEX, "ExpressionAttributeNames": names}
        if page_size is not None:
            options["PaginationConfig"] = {"PageSize": page_size}
        yield from self._pages("#work = :work", {":work": kind}, **options)

    def scan(
        self, after: tuple[str, str] | None, items_max: int, *, pk_begins: str, sk_begins: Sequence[str]
    ) -> tuple[list[Item], tuple[str, str] | None]:
        """Items of all partitions by how their keys begin, and the key to continue after, which is None at the end."""
        start: Any = {"ExclusiveStartKey": key_of(*after)} if after else {}
        values = {f":sk{n}": begins for n, begins in enumerate(sk_begins)}
        alternatives = " OR ".join(f"begins_with(sk, {name})" for name in values)
        response = self._client.scan(
            TableName=self._name,
            Limit=items_max,
            FilterExpression=f"begins_with(pk, :pk) AND ({alternatives})",
            ExpressionAttributeValues=dump({":pk": pk_begins} | values),
            **start,
        )
        last = response.get("LastEvaluatedKey")
        return list(map(load, response["Items"])), (last["pk"]["S"], last["sk"]["S"]) if last else None

    def _unconditionally(self, operation: str, write: Callable[[], object]) -> None:
        """Try again while a transaction writes the item, which is the only conflict of a write without a condition.

        Raises `Unavailable` when all attempts fail.
        """
        last = LastError()
        for _ in CONFLICT.attempts(operation, self.sleep, last):
            try:
                write()
            except self._client.exceptions.TransactionConflictException as error:
                last.error = error
            else:
                return
        raise Unavailable(f"The item was changed by other requests in {CONFLICT.attempts_max} attempts. Try again.")

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
        """Not atomic: a failure may leave some items stored. Raises `TooLarge` before it stores any."""
        write_batches(self._client, self._name, [{"PutRequest": {"Item": dump_item(i)}} for i in items], self.sleep)

    def delete_all(self, unwanted: Iterable[tuple[str, str]]) -> None:
        requests = ({"DeleteRequest": {"Key": key_of(*key)}} for key in unwanted)
        write_batches(self._client, self._name, requests, self.sleep)

    def delete_partition(self, pk: str) -> None:
        """Delete all items of a partition, whichever they are."""
        self.delete_all([(pk, str(item["sk"])) for item in self.query(pk, keys_only=True)])


def _translate(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    reasons = [r.get("Code") for r in error.response.get("CancellationReasons", [])]
    if code == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in reasons:
        return ConditionFailed()
    if "TransactionConflict" in reasons or code == "TransactionConflictException":
        return ConditionFailed()
    return error
