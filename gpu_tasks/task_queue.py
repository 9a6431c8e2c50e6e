"""The task queue. A received message is hidden from other workers until it is deleted, released or times out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class QueuedMessage:
    body: str
    message_id: str
    receipt: str


class TaskQueue:
    """Receives one message at a time; every method may raise the errors of botocore."""

    def __init__(self, url: str, visibility_s: int, long_poll_s: int) -> None:
        self._url = url
        self._visibility_s = visibility_s
        self._long_poll_s = long_poll_s
        self._client: SQSClient = boto3.client("sqs")

    def receive(self) -> QueuedMessage | None:
        """Wait for a message; None after the long poll."""
        response = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=self._long_poll_s,
            VisibilityTimeout=self._visibility_s,
        )
        for message in response.get("Messages", []):
            return QueuedMessage(message["Body"], message["MessageId"], message["ReceiptHandle"])
        return None

    def extend(self, message: QueuedMessage) -> None:
        """Hide the message for another visibility timeout from now on."""
        self._hide(message, self._visibility_s)

    def release(self, message: QueuedMessage, after_s: int = 0) -> None:
        """Another worker can receive the message after `after_s` seconds."""
        self._hide(message, after_s)

    def delete(self, message: QueuedMessage) -> None:
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)

    def _hide(self, message: QueuedMessage, seconds: int) -> None:
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )
