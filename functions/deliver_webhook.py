"""SQS: delivers an event to a webhook. A delivery that has to wait stays in the queue, invisible until its time."""

from __future__ import annotations

from cinedex.adapters.sqs.delivery_queue import DeliveryMessage, QueuedDelivery
from cinedex.api.videovector.webhook_requests import VideoVectorRequests
from cinedex.bootstrap.webhooks import deliver_event, delivery_queue
from cinedex.observability import lambda_handler, logger
from pydantic import BaseModel, Field, ValidationError

LOGGED_CHARS_MAX = 1000


class DeliverWebhookEvent(BaseModel):
    records: list[DeliveryMessage] = Field(alias="Records")


@lambda_handler(DeliverWebhookEvent)
def handler(event: DeliverWebhookEvent) -> dict[str, list[dict[str, str]]]:
    """The messages that stay in the queue."""
    waiting = [message for message in event.records if not is_over(message)]
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in waiting]}


def is_over(message: DeliveryMessage) -> bool:
    try:
        queued = QueuedDelivery.model_validate_json(message.body)
    except ValidationError:
        logger.error("not a delivery", extra={"body": message.body[:LOGGED_CHARS_MAX]})
        return True
    wait_s = deliver_event(VideoVectorRequests())(queued.account_id, queued.webhook_id, queued.delivery_id)
    if wait_s is None:
        return True
    delivery_queue().wait(message, wait_s)
    return False
