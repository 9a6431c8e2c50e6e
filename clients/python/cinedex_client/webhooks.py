"""The webhooks of an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cinedex_client.connection import Connection, Json
from cinedex_client.models import Reply

PATH = "/api/v2/webhooks"


class Webhook(Reply):
    """`secret` is only in the response that creates the webhook."""

    webhook_id: str
    name: str
    url: str
    events: list[str]
    status: str
    index_ids: list[str] | None = None
    failure_count: int = 0
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    disabled_reason: str | None = None
    secret: str | None = None


class WebhookDelivery(Reply):
    delivery_id: str
    webhook_id: str
    event_type: str
    status: str
    attempts: int = 0
    created_at: datetime | None = None
    next_retry_at: datetime | None = None
    response_status_code: int | None = None
    error_message: str | None = None


class WebhookTestResult(Reply):
    success: bool
    status_code: int | None = None
    error: str | None = None


class Webhooks:
    """Groups are called indexes in this API."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def event_names(self) -> list[str]:
        return [str(name) for name in self._connection.get_list(f"{PATH}/events")]

    def list(self) -> list[Webhook]:
        return [Webhook.read(webhook) for webhook in self._connection.get_list(PATH)]

    def create(
        self,
        name: str,
        url: str,
        events: Sequence[str],
        *,
        group_ids: Sequence[str] = (),
        metadata: Json | None = None,
    ) -> Webhook:
        """With its `secret`."""
        body: Json = {"name": name, "url": url, "events": [*events]}
        body |= {"index_ids": [*group_ids]} if group_ids else {}
        body |= {"metadata": metadata} if metadata is not None else {}
        return Webhook.read(self._connection.post(PATH, body))

    def update(self, webhook_id: str, **changes: Any) -> Webhook:
        """Any of `name`, `url`, `events`, `index_ids`, `metadata` and `status` (`active` or `paused`)."""
        return Webhook.read(self._connection.patch(f"{PATH}/{webhook_id}", changes))

    def delete(self, webhook_id: str) -> None:
        self._connection.delete(f"{PATH}/{webhook_id}")

    def rotate_secret(self, webhook_id: str) -> str:
        """The new secret."""
        return str(self._connection.post(f"{PATH}/{webhook_id}/rotate-secret", {})["new_secret"])

    def test(self, webhook_id: str) -> WebhookTestResult:
        return WebhookTestResult.read(self._connection.post(f"{PATH}/{webhook_id}/test", {}))

    def deliveries(
        self, webhook_id: str, *, status: str | None = None, limit: int = 50, before: str | None = None
    ) -> Sequence[WebhookDelivery]:
        """Newest first; those before the delivery `before`."""
        query = {"status": status, "limit": limit, "before": before}
        return [WebhookDelivery.read(d) for d in self._connection.get_list(f"{PATH}/{webhook_id}/deliveries", query)]

    def retry(self, delivery_id: str) -> WebhookDelivery:
        return WebhookDelivery.read(self._connection.post(f"{PATH}/deliveries/{delivery_id}/retry", {}))
