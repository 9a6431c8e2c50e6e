"""Limits that AWS enforces and moto does not, checked on each request before moto answers it.

Inside `limits_of_aws`, every client of the default session has the checks, so that they hold in each test over moto.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tests.support.template import resource

WRITE_BATCH_MAX = 25
READ_BATCH_MAX = 100
TRANSACTION_MAX = 100
SECONDS = range(10**9, 10**10)
"""Unix times in whole seconds, from 2001 to 2286. DynamoDB never expires an item with a time in milliseconds."""


def time_to_live_attribute() -> str:
    name: str = resource("LibraryTable")["Properties"]["TimeToLiveSpecification"]["AttributeName"]
    return name


@contextmanager
def limits_of_aws() -> Iterator[None]:
    before, boto3.DEFAULT_SESSION = boto3.DEFAULT_SESSION, boto3.Session()
    _enforce_limits(boto3.DEFAULT_SESSION)
    try:
        yield
    finally:
        boto3.DEFAULT_SESSION = before


def _enforce_limits(session: boto3.Session) -> None:
    events = session.events
    events.register("provide-client-params.dynamodb.BatchWriteItem", _check_write_batch)
    events.register("provide-client-params.dynamodb.BatchGetItem", _check_read_batch)
    events.register("provide-client-params.dynamodb.TransactWriteItems", _check_transaction)
    events.register("provide-client-params.dynamodb.*", _check_expiry)
    events.register("provide-client-params.s3.CompleteMultipartUpload", _check_parts)


def _check_write_batch(params: dict[str, Any], **_: Any) -> None:
    if not 1 <= sum(map(len, params["RequestItems"].values())) <= WRITE_BATCH_MAX:
        raise _refusal("ValidationException", f"A batch has 1 to {WRITE_BATCH_MAX} writes.", "BatchWriteItem")


def _check_read_batch(params: dict[str, Any], **_: Any) -> None:
    requested = [str(key) for read in params["RequestItems"].values() for key in read["Keys"]]
    if not 1 <= len(requested) <= READ_BATCH_MAX or len(set(requested)) != len(requested):
        raise _refusal("ValidationException", f"A batch has 1 to {READ_BATCH_MAX} different keys.", "BatchGetItem")


def _check_transaction(params: dict[str, Any], **_: Any) -> None:
    if not 1 <= len(params["TransactItems"]) <= TRANSACTION_MAX:
        raise _refusal("ValidationException", f"A transaction has 1 to {TRANSACTION_MAX} writes.", "TransactWriteItems")


def _check_parts(params: dict[str, Any], **_: Any) -> None:
    numbers = [part["PartNumber"] for part in params["MultipartUpload"]["Parts"]]
    if numbers != sorted(set(numbers)):
        raise _refusal("InvalidPartOrder", "The list of parts was not in ascending order.", "CompleteMultipartUpload")


def _check_expiry(params: dict[str, Any], **_: Any) -> None:
    for value in _expiries(params):
        assert int(value["N"]) in SECONDS, f"An item expires at {value}, which is no Unix time in seconds."


def _expiries(params: Any) -> Iterator[Mapping[str, str]]:
    """Values of the attribute for time to live that a request writes, in items and in expressions."""
    name = time_to_live_attribute()
    if isinstance(params, list):
        for part in params:
            yield from _expiries(part)
    elif isinstance(params, dict):
        if isinstance(params.get(name), dict):
            yield params[name]
        for placeholder in re.findall(rf"\b{name} *= *(:\w+)", params.get("UpdateExpression") or ""):
            yield params["ExpressionAttributeValues"][placeholder]
        for part in params.values():
            yield from _expiries(part)


def _refusal(code: str, message: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
