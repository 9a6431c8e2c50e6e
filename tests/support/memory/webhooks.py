"""Webhooks, their log, their queue and a receiver in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cinedex.adapters.dynamodb.events.webhooks import DELIVERY, WEBHOOK, StoredDeliveries, StoredWebhooks
from cinedex.adapters.sqs.delivery_queue import DeliveryMessage
from cinedex.kernel.errors import ImpossibleValue
from cinedex.webhooks.ports import SignedRequest
from cinedex.webhooks.webhook import Delivery, Response

from tests.support.memory.repository import MemoryRepository

OK = Response(status_code=200, body="ok")


class MemoryWebhooks(StoredWebhooks):
    """`WebhookRepository`."""

    def __init__(self) -> None:
        super().__init__(MemoryRepository(WEBHOOK))


class MemoryDeliveries(StoredDeliveries):
    """`DeliveryRepository`."""

    def __init__(self) -> None:
        super().__init__(MemoryRepository(DELIVERY))


class MemoryDeliveryQueue:
    """`DeliveryQueue`. `waits` are the pauses of messages that stay in the queue."""

    def __init__(self) -> None:
        self.sent: list[Delivery] = []
        self.waits: dict[str, float] = {}

    def send(self, deliveries: Sequence[Delivery]) -> None:
        self.sent += deliveries

    def wait(self, message: DeliveryMessage, seconds: float) -> None:
        self.waits[message.message_id] = seconds


class MemorySlots:
    """`Slots`."""

    def __init__(self) -> None:
        self.leases: dict[tuple[str, int], datetime] = {}

    def take(self, owner: str, count: int, now: datetime, until: datetime) -> int | None:
        free = (n for n in range(count) if self.leases.get((owner, n), now) <= now)
        slot = next(free, None)
        if slot is not None:
            self.leases[owner, slot] = until
        return slot

    def release(self, owner: str, slot: int, until: datetime) -> None:
        if self.leases.get((owner, slot)) == until:
            del self.leases[owner, slot]


class FakeReceiver:
    """`WebhookSender` whose receiver answers with `responses`, and then with 200."""

    def __init__(self) -> None:
        self.responses: list[Response] = []
        self.requests: list[SignedRequest] = []

    def check(self, url: str) -> None:
        if not url.startswith("https://"):
            raise ImpossibleValue("The URL must begin with https://.", field="url")

    def send(self, request: SignedRequest) -> Response:
        self.requests.append(request)
        return self.responses.pop(0) if self.responses else OK
