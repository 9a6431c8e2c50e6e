"""`/api/v2/webhooks`: receivers of events, and the log of what was sent to them."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query

from cinedex.api.auth import Admin, Reader, Writer
from cinedex.api.videovector.turn_request import IdempotencyKey, XIdempotencyKey, key_of
from cinedex.api.videovector.webhook_events import TYPES
from cinedex.api.videovector.webhook_requests import VideoVectorRequests
from cinedex.api.videovector.webhook_schemas import (
    DeliveryResponse,
    RotatedSecret,
    WebhookBody,
    WebhookChanges,
    WebhookDeleted,
    WebhookResponse,
    WebhookTest,
    WebhookWithSecret,
)
from cinedex.bootstrap.webhooks import manage_webhooks
from cinedex.kernel.errors import NotFound, WebhookNotFound
from cinedex.kernel.ids import canonical_id, require_id
from cinedex.webhooks.manage_webhooks import ManageWebhooks
from cinedex.webhooks.webhook import DeliveryStatus, webhook_of_delivery

router = APIRouter(prefix="/api/v2/webhooks", tags=["webhooks"])
MARK = re.compile(r"[0-9a-f]{32}")
Limit = Annotated[int, Query(ge=1, le=100)]
Before = Annotated[
    str | None, Query(max_length=100, description="Extension: a `delivery_id`; the page has older deliveries only.")
]


@router.get("/events")
def list_webhook_events() -> list[str]:
    """The names of all events. Needs no API key."""
    return list(TYPES)


@router.post("", status_code=201)
def create_webhook(
    caller: Writer, body: WebhookBody, idempotency_key: IdempotencyKey = None, x_idempotency_key: XIdempotencyKey = None
) -> WebhookWithSecret:
    """Creates a webhook. The same idempotency key gets the same webhook with its secret, for as long as it exists."""
    key = key_of(idempotency_key, x_idempotency_key, None)
    return WebhookWithSecret.of(_manage().create(caller.account_id, body.webhook, key))


@router.get("")
def list_webhooks(caller: Reader) -> list[WebhookResponse]:
    """Newest first, without their secrets."""
    return [WebhookResponse.of(webhook) for webhook in _manage().list(caller.account_id)]


@router.get("/deliveries/{delivery_id}")
def get_webhook_delivery(caller: Reader, delivery_id: str) -> DeliveryResponse:
    """A delivery of the last 14 days."""
    delivery = _manage().delivery(caller.account_id, _delivery(delivery_id))
    return DeliveryResponse.of(_manage().get(caller.account_id, delivery.webhook_id), delivery)


@router.post("/deliveries/{delivery_id}/retry", status_code=202)
def retry_webhook_delivery(caller: Writer, delivery_id: str) -> DeliveryResponse:
    """Begins a new series of attempts for a delivery that has ended."""
    delivery = _manage().retry(caller.account_id, _delivery(delivery_id))
    return DeliveryResponse.of(_manage().get(caller.account_id, delivery.webhook_id), delivery)


@router.get("/{webhook_id}")
def get_webhook(caller: Reader, webhook_id: str) -> WebhookResponse:
    """A webhook without its secret, with the failures since its last success."""
    return WebhookResponse.of(_manage().get(caller.account_id, _webhook(webhook_id)))


@router.patch("/{webhook_id}")
def update_webhook(caller: Writer, webhook_id: str, body: WebhookChanges) -> WebhookResponse:
    """Changes the fields that are sent. `index_ids: null` selects all indexes."""
    return WebhookResponse.of(_manage().update(caller.account_id, _webhook(webhook_id), body.changes()))


@router.delete("/{webhook_id}")
def delete_webhook(caller: Admin, webhook_id: str) -> WebhookDeleted:
    """Nothing is sent to it any more; its log expires."""
    _manage().delete(caller.account_id, _webhook(webhook_id))
    return WebhookDeleted(message="The webhook was deleted.")


@router.post("/{webhook_id}/rotate-secret")
def rotate_webhook_secret(caller: Writer, webhook_id: str) -> RotatedSecret:
    """Replaces the secret."""
    webhook = _manage().rotate_secret(caller.account_id, _webhook(webhook_id))
    return RotatedSecret(webhook_id=webhook.webhook_id, new_secret=webhook.secret)


@router.post("/{webhook_id}/test")
def test_webhook(caller: Writer, webhook_id: str) -> WebhookTest:
    """Sends a signed request with the event `test`, once, and reports the answer."""
    response = _manage().test(caller.account_id, _webhook(webhook_id))
    return WebhookTest(success=response.is_success, status_code=response.status_code, error=response.problem)


@router.get("/{webhook_id}/deliveries")
def list_webhook_deliveries(
    caller: Reader,
    webhook_id: str,
    status: DeliveryStatus | None = None,
    limit: Limit = 50,
    before: Before = None,
) -> list[DeliveryResponse]:
    """Newest first, of the last 14 days."""
    manage = _manage()
    webhook = manage.get(caller.account_id, _webhook(webhook_id))
    older = None if before is None else _delivery(before)
    page = manage.page(caller.account_id, webhook.webhook_id, limit, status, older)
    return [DeliveryResponse.of(webhook, delivery) for delivery in page.items]


def _manage() -> ManageWebhooks:
    return manage_webhooks(VideoVectorRequests())


def _webhook(text: str) -> str:
    return require_id(text, WebhookNotFound)


def _delivery(text: str) -> str:
    """No other text is the id of a delivery."""
    webhook_id, mark = webhook_of_delivery(text), text.rpartition("_")[2]
    if canonical_id(webhook_id) != webhook_id or not MARK.fullmatch(mark):
        raise NotFound("No such delivery.", field="delivery_id")
    return text
