"""Create, read, change and delete webhooks, and read their log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import KeyReused, NotFound, StaleRevision, StateConflict
from cinedex.kernel.fingerprint import fingerprint
from cinedex.kernel.ids import new_id
from cinedex.kernel.pagination import Page
from cinedex.kernel.retry import CONFLICT
from cinedex.webhooks.ports import DeliveryQueue, DeliveryRepository, RequestFormat, WebhookRepository, WebhookSender
from cinedex.webhooks.webhook import Delivery, DeliveryStatus, Response, Webhook, new_secret, webhook_of_delivery

WEBHOOKS_MAX = 50
SCANNED_MAX = 1_000
"""Deliveries that a page with a filter reads."""


class NewWebhook(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    url: str
    event_types: tuple[str, ...]
    collection_ids: tuple[str, ...] | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True)
class ManageWebhooks:
    webhooks: WebhookRepository
    deliveries: DeliveryRepository
    queue: DeliveryQueue
    sender: WebhookSender
    format: RequestFormat
    clock: Clock

    def create(self, account_id: str, new: NewWebhook, key: str | None = None) -> Webhook:
        """With an idempotency key, the id follows from the key: the same request returns the same webhook.

        Raises `ImpossibleValue` for a URL, `KeyReused`, and `StateConflict` when the account has too many.
        """
        self.sender.check(new.url)
        request_hash = fingerprint(new.model_dump_json())
        webhook_id = new_id() if key is None else str(uuid5(NAMESPACE_URL, fingerprint(account_id, key)))
        existing = self.webhooks.find(account_id, webhook_id)
        if existing is not None:
            return _same(existing, request_hash)
        if len(self.webhooks.list(account_id)) >= WEBHOOKS_MAX:
            raise StateConflict(f"The account has {WEBHOOKS_MAX} webhooks, which is the limit. Delete one first.")
        now = self.clock.now()
        ids = {"account_id": account_id, "webhook_id": webhook_id, "secret": new_secret(), "request_hash": request_hash}
        webhook = Webhook(**ids, **dict(new), created_at=now, updated_at=now)
        try:
            return self.webhooks.add(webhook)
        except StateConflict:  # the same request at the same time
            return _same(self.webhooks.get(account_id, webhook_id), request_hash)

    def list(self, account_id: str) -> Sequence[Webhook]:
        """Newest first."""
        return sorted(self.webhooks.list(account_id), key=lambda webhook: webhook.created_at, reverse=True)

    def get(self, account_id: str, webhook_id: str) -> Webhook:
        """Raises `WebhookNotFound`."""
        return self.webhooks.get(account_id, webhook_id)

    def update(self, account_id: str, webhook_id: str, changes: Mapping[str, Any]) -> Webhook:
        if "url" in changes:
            self.sender.check(changes["url"])
        return self._edit(account_id, webhook_id, lambda webhook: webhook.edited(changes, self.clock.now()))

    def rotate_secret(self, account_id: str, webhook_id: str) -> Webhook:
        """Requests that are sent from now on are signed with the new secret."""
        secret = new_secret()
        return self._edit(account_id, webhook_id, lambda webhook: webhook.with_secret(secret, self.clock.now()))

    def delete(self, account_id: str, webhook_id: str) -> None:
        """What waits is not delivered; the log expires."""
        self.webhooks.get(account_id, webhook_id)
        self.webhooks.delete(account_id, webhook_id)

    def test(self, account_id: str, webhook_id: str) -> Response:
        """Sends one signed request now, also for a webhook that is paused or disabled."""
        webhook = self.webhooks.get(account_id, webhook_id)
        return self.sender.send(self.format.test_request(webhook, self.clock.now()))

    def page(
        self,
        account_id: str,
        webhook_id: str,
        limit: int,
        status: DeliveryStatus | None = None,
        before: str | None = None,
    ) -> Page[Delivery]:
        """Newest first. With a status, a page reads at most `SCANNED_MAX` deliveries."""
        self.webhooks.get(account_id, webhook_id)
        if status is None:
            return self._unexpired(self.deliveries.page(webhook_id, limit, before))
        found: list[Delivery] = []
        scanned, cursor = 0, before
        while len(found) < limit and scanned < SCANNED_MAX:
            page = self.deliveries.page(webhook_id, 100, cursor)
            found += [delivery for delivery in self._unexpired(page).items if delivery.status is status]
            scanned, cursor = scanned + len(page.items), page.next_cursor
            if cursor is None:
                break
        return Page(tuple(found[:limit]), cursor)

    def delivery(self, account_id: str, delivery_id: str) -> Delivery:
        """Raises `NotFound`."""
        webhook = self.webhooks.find(account_id, webhook_of_delivery(delivery_id))
        delivery = self.deliveries.find(delivery_id) if webhook is not None else None
        if delivery is None or delivery.expires_at <= self.clock.now():
            raise NotFound("No such delivery.", field="delivery_id")
        return delivery

    def retry(self, account_id: str, delivery_id: str) -> Delivery:
        """A new series of attempts. Raises `StateConflict` for a delivery that has not ended."""
        delivery = self.delivery(account_id, delivery_id)
        if not delivery.status.is_final:
            raise StateConflict(f"The delivery is {delivery.status.value}; it is attempted without a request.")
        again = self.deliveries.save(delivery.again())
        self.queue.send([again])
        return again

    def _unexpired(self, page: Page[Delivery]) -> Page[Delivery]:
        now = self.clock.now()
        return Page(tuple(d for d in page.items if d.expires_at > now), page.next_cursor)

    def _edit(self, account_id: str, webhook_id: str, change: Callable[[Webhook], Webhook]) -> Webhook:
        for _ in CONFLICT.attempts(f"change webhook {webhook_id}", self.clock.sleep):
            try:
                return self.webhooks.save(change(self.webhooks.get(account_id, webhook_id)))
            except StaleRevision:
                continue
        raise StateConflict("The webhook was changed by other requests in every attempt. Try again.")


def _same(webhook: Webhook, request_hash: str) -> Webhook:
    if webhook.request_hash != request_hash:
        raise KeyReused("This idempotency key has created a webhook with other values.", field="idempotency_key")
    return webhook
