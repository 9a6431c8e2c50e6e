"""`WebhookRepository`, `DeliveryRepository` and `Slots`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cinedex.adapters.dynamodb.events.webhooks import (
    DELIVERY,
    WEBHOOK,
    DynamoDbSlots,
    StoredDeliveries,
    StoredWebhooks,
)
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.kernel.errors import StaleRevision, StateConflict, WebhookNotFound
from cinedex.kernel.events import AnyEvent
from cinedex.kernel.ids import new_id
from cinedex.webhooks.webhook import LOG_RETENTION, Delivery, Response, Webhook, webhook_of_delivery

from tests.support.aws import new_table
from tests.support.memory.scenario import NOON
from tests.support.memory.webhooks import MemoryDeliveries, MemorySlots, MemoryWebhooks

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Stores:
    webhooks: StoredWebhooks
    deliveries: StoredDeliveries
    slots: MemorySlots | DynamoDbSlots
    table: DynamoDbTable | None = None


@pytest.fixture
def stores(implementation: str) -> Stores:
    if implementation == "memory":
        return Stores(MemoryWebhooks(), MemoryDeliveries(), MemorySlots())
    table = DynamoDbTable(new_table())
    webhooks = StoredWebhooks(DynamoDbRepository(table, WEBHOOK))
    return Stores(webhooks, StoredDeliveries(DynamoDbRepository(table, DELIVERY)), DynamoDbSlots(table), table)


def webhook(account_id: str = "mine", **fields: Any) -> Webhook:
    ids = {"account_id": account_id, "webhook_id": new_id(), "name": "N", "url": "https://hooks.test/", "secret": "s"}
    times = {"created_at": NOON, "updated_at": NOON}
    return Webhook.model_validate({**ids, **times, "event_types": ("VideoUploaded",), **fields})


def delivery(hook: Webhook, number: int = 0) -> Delivery:
    ids = {"event_id": f"evt_{number}", "account_id": hook.account_id, "video_id": "v"}
    at = NOON + timedelta(seconds=number)
    return Delivery.of(hook, AnyEvent(**ids, event_type="VideoUploaded", occurred_at=at, data={"n": number}))


def test_a_webhook_comes_back_as_it_was_stored_to_its_account_only(stores: Stores) -> None:
    stored = stores.webhooks.add(webhook(collection_ids=("c",), metadata={"a": [1, None]}))
    assert stores.webhooks.get("mine", stored.webhook_id) == stored
    assert stores.webhooks.list("mine") == [stored]
    assert stores.webhooks.list("yours") == []
    with pytest.raises(WebhookNotFound):
        stores.webhooks.get("yours", stored.webhook_id)
    with pytest.raises(StateConflict):
        stores.webhooks.add(stored)


def test_a_webhook_is_changed_at_the_revision_that_was_read(stores: Stores) -> None:
    stored = stores.webhooks.add(webhook())
    changed = stores.webhooks.save(stored.edited({"name": "M"}, NOON))
    assert stores.webhooks.get("mine", stored.webhook_id) == changed
    with pytest.raises(StaleRevision):
        stores.webhooks.save(stored.edited({"name": "L"}, NOON))
    stores.webhooks.delete("mine", stored.webhook_id)
    stores.webhooks.delete("mine", stored.webhook_id)
    with pytest.raises(WebhookNotFound):
        stores.webhooks.save(changed)


def test_a_repeated_event_finds_the_delivery_as_it_is_now(stores: Stores) -> None:
    hook = webhook()
    first = stores.deliveries.add(delivery(hook))
    ended = stores.deliveries.save(first.ended(Response(status_code=200, body="ok"), NOON))
    assert stores.deliveries.add(delivery(hook)) == ended
    assert stores.deliveries.find(first.delivery_id) == ended
    assert stores.deliveries.find(delivery(hook, 7).delivery_id) is None


def test_two_processes_cannot_begin_the_same_attempt(stores: Stores) -> None:
    stored = stores.deliveries.add(delivery(webhook()))
    stores.deliveries.save(stored.attempting(NOON, SECOND))
    with pytest.raises(StaleRevision):
        stores.deliveries.save(stored.attempting(NOON, SECOND))


def test_the_log_of_a_webhook_is_paged_newest_first(stores: Stores) -> None:
    hook, other = webhook(), webhook()
    stored = [stores.deliveries.add(delivery(hook, number)) for number in (2, 0, 1)]
    stores.deliveries.add(delivery(other))
    page = stores.deliveries.page(hook.webhook_id, 2)
    assert page.items == (stored[0], stored[2])
    rest = stores.deliveries.page(hook.webhook_id, 2, page.items[-1].delivery_id)
    assert (rest.items, rest.next_cursor) == ((stored[1],), None)
    assert webhook_of_delivery(stored[0].delivery_id) == hook.webhook_id


def test_slots_are_taken_until_they_are_released_or_expire(stores: Stores) -> None:
    until = NOON + SECOND
    taken = {stores.slots.take("a", 2, NOON, until) for _ in range(2)}
    assert taken == {0, 1}
    assert stores.slots.take("a", 2, NOON, until) is None
    assert stores.slots.take("b", 2, NOON, until) is not None
    stores.slots.release("a", 1, until)
    assert stores.slots.take("a", 2, NOON, until) == 1
    assert stores.slots.take("a", 2, until, until + SECOND) is not None


def test_a_slot_that_another_process_has_now_is_not_released(stores: Stores) -> None:
    until = NOON + SECOND
    assert stores.slots.take("a", 1, NOON, until) == 0
    assert stores.slots.take("a", 1, until, until + SECOND) == 0
    stores.slots.release("a", 0, until)
    assert stores.slots.take("a", 1, until, until + SECOND) is None


def test_the_table_deletes_a_delivery_after_its_retention(aws: Any) -> None:
    table = DynamoDbTable(new_table())
    stored = StoredDeliveries(DynamoDbRepository(table, DELIVERY)).add(delivery(webhook()))
    (item,) = table.query(f"WD#{stored.webhook_id}")
    assert item["expires_at"] == int((NOON + LOG_RETENTION).timestamp())
