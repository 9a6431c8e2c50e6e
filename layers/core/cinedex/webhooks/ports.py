"""The ports of webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cinedex.kernel.pagination import Page
from cinedex.webhooks.webhook import Delivery, Response, Webhook


class WebhookRepository(Protocol):
    def add(self, webhook: Webhook) -> Webhook:
        """Raises `StateConflict` when the id is taken."""

    def find(self, account_id: str, webhook_id: str) -> Webhook | None: ...

    def get(self, account_id: str, webhook_id: str) -> Webhook:
        """Raises `WebhookNotFound`."""

    def save(self, webhook: Webhook) -> Webhook:
        """Raises `StaleRevision`, and `WebhookNotFound`."""

    def delete(self, account_id: str, webhook_id: str) -> None: ...

    def list(self, account_id: str) -> Sequence[Webhook]:
        """All of an account, which has at most some tens."""


class DeliveryRepository(Protocol):
    def add(self, delivery: Delivery) -> Delivery:
        """The stored one if it exists already."""

    def find(self, delivery_id: str) -> Delivery | None: ...

    def save(self, delivery: Delivery) -> Delivery:
        """Raises `StaleRevision`."""

    def page(self, webhook_id: str, limit: int, before: str | None = None) -> Page[Delivery]:
        """Newest first; those before the delivery with the id `before`."""


class DeliveryQueue(Protocol):
    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Have them delivered now. Raises `Unavailable`."""


class Slots(Protocol):
    """A bounded number of slots of an owner. A slot is free again when it is released or its lease has expired."""

    def take(self, owner: str, count: int, now: datetime, until: datetime) -> int | None:
        """None if all are taken."""

    def release(self, owner: str, slot: int, until: datetime) -> None:
        """Of the lease that ends at `until`; no error if another process has the slot now."""


@dataclass(frozen=True)
class SignedRequest:
    """A POST request with exactly these bytes."""

    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class WebhookSender(Protocol):
    def check(self, url: str) -> None:
        """Raises `ImpossibleValue` for a URL that is never sent to."""

    def send(self, request: SignedRequest) -> Response:
        """One attempt, within limits of time and size. Never raises for what a receiver or the network does."""


class RequestFormat(Protocol):
    """Writes and signs requests in the format of one API."""

    def request(self, webhook: Webhook, delivery: Delivery) -> SignedRequest: ...

    def test_request(self, webhook: Webhook, now: datetime) -> SignedRequest: ...
