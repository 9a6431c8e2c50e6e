"""The queue of deliveries to webhooks. A message stays in the queue until its delivery has ended."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
from pydantic import BaseModel, ConfigDict, Field

from cinedex.adapters.aws_errors import AWS_ERRORS, domain_error
from cinedex.adapters.time_limits import aws_config
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.retry import RetryPolicy, Sleep
from cinedex.webhooks.webhook import Delivery

BATCH = 10  # a limit of SendMessageBatch
REFUSED = RetryPolicy(attempts_max=5, pause_s=0.1, pause_s_max=2.0)
INVISIBLE_S_MAX = 12 * 3600 - 60  # a limit of SQS


class QueuedDelivery(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    webhook_id: str
    delivery_id: str


class DeliveryMessage(BaseModel):
    """A record of an event of Lambda."""

    message_id: str = Field(alias="messageId")
    receipt_handle: str = Field(alias="receiptHandle")
    body: str


class SqsDeliveryQueue:
    """`DeliveryQueue`. The message group is the webhook, so that SQS takes turns between webhooks."""

    def __init__(self, url: str, sleep: Sleep = time.sleep) -> None:
        self._url, self._sleep = url, sleep
        self._client = boto3.client("sqs", config=aws_config())

    def send(self, deliveries: Sequence[Delivery]) -> None:
        for start in range(0, len(deliveries), BATCH):
            self._send([_entry(n, d) for n, d in enumerate(deliveries[start : start + BATCH])])

    def wait(self, message: DeliveryMessage, seconds: float) -> None:
        """Hide the message for so long. The function reports it as failed, so that Lambda does not delete it."""
        timeout_s = min(INVISIBLE_S_MAX, max(1, round(seconds)))
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=timeout_s
            )
        except AWS_ERRORS as error:
            raise domain_error(error) or error from error

    def _send(self, entries: list[Any]) -> None:
        for _ in REFUSED.attempts("queue deliveries", self._sleep):
            entries = list(self._refused(entries))
            if not entries:
                return
        raise Unavailable("The queue of deliveries accepts no messages now.")

    def _refused(self, entries: list[Any]) -> Iterator[Mapping[str, Any]]:
        try:
            response = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except AWS_ERRORS as error:
            raise domain_error(error) or error from error
        failed = {failure["Id"] for failure in response.get("Failed", [])}
        return (entry for entry in entries if entry["Id"] in failed)


def _entry(number: int, delivery: Delivery) -> dict[str, Any]:
    body = QueuedDelivery.model_validate(delivery.model_dump(include=set(QueuedDelivery.model_fields)))
    return {"Id": str(number), "MessageBody": body.model_dump_json(), "MessageGroupId": delivery.webhook_id}
