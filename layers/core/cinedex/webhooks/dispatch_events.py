"""Makes a delivery for every webhook that selects an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.kernel.events import AnyEvent
from cinedex.webhooks.ports import DeliveryQueue, DeliveryRepository, WebhookRepository
from cinedex.webhooks.webhook import Delivery, DeliveryStatus, WebhookStatus


@dataclass(frozen=True)
class DispatchEvents:
    """`EventPublisher`. A repeated event finds its delivery, which is queued again unless an attempt has begun."""

    webhooks: WebhookRepository
    deliveries: DeliveryRepository
    queue: DeliveryQueue

    def publish(self, events: Sequence[AnyEvent]) -> None:
        if not events:
            return
        listed = self.webhooks.list(events[0].account_id)
        active = [webhook for webhook in listed if webhook.status is WebhookStatus.ACTIVE]
        pairs = [(webhook, event) for event in events for webhook in active if webhook.selects(event)]
        stored = [self.deliveries.add(Delivery.of(webhook, event)) for webhook, event in pairs]
        self.queue.send([d for d in stored if d.status is DeliveryStatus.PENDING])
