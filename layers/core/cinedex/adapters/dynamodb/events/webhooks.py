"""Webhooks of an account, their log, and the slots that bound how many requests run at once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

from cinedex.adapters.dynamodb.events import event_keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.errors import WebhookNotFound
from cinedex.kernel.pagination import Page
from cinedex.webhooks.webhook import Delivery, Webhook, webhook_of_delivery

WEBHOOK = Entity(Webhook, event_keys.WEBHOOK, WebhookNotFound, revision="revision")
DELIVERY = Entity(Delivery, event_keys.DELIVERY, revision="revision", expires=lambda delivery: delivery.expires_at)


class StoredWebhooks:
    """`WebhookRepository`."""

    def __init__(self, webhooks: Repository[Webhook]) -> None:
        self._webhooks = webhooks

    def add(self, webhook: Webhook) -> Webhook:
        return self._webhooks.create(webhook)

    def find(self, account_id: str, webhook_id: str) -> Webhook | None:
        return self._webhooks.find(event_keys.webhook(account_id, webhook_id))

    def get(self, account_id: str, webhook_id: str) -> Webhook:
        return self._webhooks.get(event_keys.webhook(account_id, webhook_id))

    def save(self, webhook: Webhook) -> Webhook:
        return self._webhooks.replace(webhook)

    def delete(self, account_id: str, webhook_id: str) -> None:
        self._webhooks.delete(event_keys.webhook(account_id, webhook_id))

    def list(self, account_id: str) -> Sequence[Webhook]:
        return self._webhooks.list(event_keys.account_of_webhooks(account_id), consistent=True)


class StoredDeliveries:
    """`DeliveryRepository`."""

    def __init__(self, deliveries: Repository[Delivery]) -> None:
        self._deliveries = deliveries

    def add(self, delivery: Delivery) -> Delivery:
        if self._deliveries.write_together(self._deliveries.creation(delivery)):
            return delivery
        return self._deliveries.get(self._deliveries.entity.key(delivery))

    def find(self, delivery_id: str) -> Delivery | None:
        return self._deliveries.find(event_keys.delivery(webhook_of_delivery(delivery_id), delivery_id))

    def save(self, delivery: Delivery) -> Delivery:
        return self._deliveries.replace(delivery)

    def page(self, webhook_id: str, limit: int, before: str | None = None) -> Page[Delivery]:
        return self._deliveries.page(event_keys.deliveries_of(webhook_id), limit, before)


class DynamoDbSlots:
    """`Slots`: one item for each slot, written under a condition."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def take(self, owner: str, count: int, now: datetime, until: datetime) -> int | None:
        values: dict[str, str | int] = {":now": _ms(now)}
        for slot in random.sample(range(count), count):
            pk, sk = event_keys.slot(owner, slot)
            item: dict[str, str | int] = {"pk": pk, "sk": sk, "leased_until": _ms(until)}
            try:
                self._table.put(
                    item | {"expires_at": int(until.timestamp()) + 60},
                    "attribute_not_exists(pk) OR leased_until <= :now",
                    values,
                )
            except ConditionFailed:
                continue
            return slot
        return None

    def release(self, owner: str, slot: int, until: datetime) -> None:
        try:
            self._table.delete_if(*event_keys.slot(owner, slot), "leased_until = :until", {":until": _ms(until)})
        except ConditionFailed:
            return


def _ms(time: datetime) -> int:
    return int(time.timestamp() * 1000)
