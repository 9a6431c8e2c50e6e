"""The drop queue: its messages come from S3, and from backfills."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote_plus

import boto3
from pydantic import BaseModel, ConfigDict, Field

from cinedex.adapters.time_limits import aws_config
from cinedex.imports.domain.drop_notice import DropNotice
from cinedex.kernel.errors import StoreUnavailable

BATCH = 10
SCHEMA = "cinedex.drop_notice.v1"


class SqsDropQueue:
    """`DropQueue`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Any = boto3.client("sqs", config=aws_config())

    def send(self, notices: Sequence[DropNotice]) -> None:
        for at in range(0, len(notices), BATCH):
            self._send(notices[at : at + BATCH])

    def _send(self, notices: Sequence[DropNotice]) -> None:
        entries = [{"Id": str(n), "MessageBody": _body(notice)} for n, notice in enumerate(notices)]
        response = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        if response.get("Failed"):
            raise StoreUnavailable("The drop queue did not accept every message. Try again in a moment.")


class NotifiedObject(BaseModel):
    """The key is URL-encoded, and a space is a plus sign."""

    key: str
    sequencer: str = ""


class NotifiedBucket(BaseModel):
    name: str


class S3Entity(BaseModel):
    bucket: NotifiedBucket
    created: NotifiedObject = Field(alias="object")


class S3Record(BaseModel):
    s3: S3Entity


class S3Notification(BaseModel):
    """`Event`: the test message that S3 sends when notifications are configured."""

    records: list[S3Record] = Field(alias="Records", default=[])
    event: str | None = Field(alias="Event", default=None)


class SentNotice(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    version: str = Field(alias="schema", default=SCHEMA, pattern=r"^cinedex\.drop_notice\.v1$")
    notice: DropNotice


def parse_message(body: str) -> list[DropNotice]:
    """Of either sender. Raises `ValueError` for anything else."""
    document: Any = json.loads(body)
    if isinstance(document, dict) and "schema" in document:
        return [SentNotice.model_validate(document).notice]
    return list(_notices(S3Notification.model_validate(document)))


def _notices(notification: S3Notification) -> Iterator[DropNotice]:
    if not notification.records and notification.event is None:
        raise ValueError("The message is neither an event of S3 nor a notice of a backfill.")
    for record in notification.records:
        found = record.s3.created
        yield DropNotice(bucket=record.s3.bucket.name, key=unquote_plus(found.key), sequencer=found.sequencer)


def _body(notice: DropNotice) -> str:
    return SentNotice(notice=notice).model_dump_json(by_alias=True)
