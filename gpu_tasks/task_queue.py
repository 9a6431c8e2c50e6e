"""The task queues, one for live and one for bulk tasks.

A received message is hidden from other workers until it is deleted, released or times out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from cinedex.adapters.time_limits import READ_TIMEOUT_S, aws_config

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LOOK_S = 1
"""A shorter poll asks only some servers of SQS and may miss a message."""


@dataclass(frozen=True)
class QueuedMessage:
    body: str
    message_id: str
    receipt: str
    queue_url: str


class TaskQueue:
    """Receives one message at a time; every method may raise the errors of botocore.

    A bulk message is received only after the live queue was found empty.
    """

    def __init__(self, live_url: str, bulk_url: str | None, visibility_s: int, long_poll_s: int) -> None:
        self._live_url, self._bulk_url = live_url, bulk_url
        self._visibility_s = visibility_s
        self._long_poll_s = long_poll_s
        self._bulk_waits = False
        self._client: SQSClient = boto3.client("sqs", config=aws_config(read_timeout_s=long_poll_s + READ_TIMEOUT_S))

    def receive(self) -> QueuedMessage | None:
        """Wait for a message; None after the long poll."""
        wait_s = min(LOOK_S, self._long_poll_s) if self._bulk_waits else self._long_poll_s
        message = self._receive(self._live_url, wait_s)
        if message is not None or self._bulk_url is None:
            return message
        message = self._receive(self._bulk_url, 0)
        self._bulk_waits = message is not None
        return message

    def receive_live(self) -> QueuedMessage | None:
        """A live message that waits now."""
        return self._receive(self._live_url, 0)

    def is_bulk(self, message: QueuedMessage) -> bool:
        return message.queue_url == self._bulk_url

    def _receive(self, url: str, wait_s: int) -> QueuedMessage | None:
        response = self._client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=wait_s,
            VisibilityTimeout=self._visibility_s,
        )
        for message in response.get("Messages", []):
            return QueuedMessage(message["Body"], message["MessageId"], message["ReceiptHandle"], url)
        return None

    def extend(self, message: QueuedMessage) -> None:
        """Hide the message for another visibility timeout from now on."""
        self._hide(message, self._visibility_s)

    def release(self, message: QueuedMessage, after_s: int = 0) -> None:
        """Another worker can receive the message after `after_s` seconds."""
        self._hide(message, after_s)

    def delete(self, message: QueuedMessage) -> None:
        self._client.delete_message(QueueUrl=message.queue_url, ReceiptHandle=message.receipt)

    def _hide(self, message: QueuedMessage, seconds: int) -> None:
        self._client.change_message_visibility(
            QueueUrl=message.queue_url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )
