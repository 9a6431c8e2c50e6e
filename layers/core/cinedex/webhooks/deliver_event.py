"""One attempt to deliver an event to a webhook, and when to try again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import NotFound, StaleRevision
from cinedex.kernel.retry import CONFLICT
from cinedex.webhooks.ports import DeliveryRepository, RequestFormat, Slots, WebhookRepository, WebhookSender
from cinedex.webhooks.webhook import Delivery, Response, Webhook, WebhookStatus

LEASE = timedelta(seconds=60)
"""Longer than an attempt can take."""
BUSY_S = (2.0, 20.0)
"""How long a delivery waits while the receiver has as many requests at once as it may have."""


CLOCKS_DIFFER_MAX = timedelta(seconds=5)


@dataclass(frozen=True)
class DeliveryLimits:
    """`slots`: requests at once to one webhook. The pauses double from `pause_s`, with full jitter."""

    attempts_max: int = 10
    pause_s: float = 60.0
    pause_s_max: float = 6 * 3600.0
    slots: int = 2
    failures_max: int = 20
    failing_max: timedelta = timedelta(hours=6)


@dataclass(frozen=True)
class DeliverEvent:
    """Safe to repeat and to run twice at once: an attempt leases its delivery."""

    webhooks: WebhookRepository
    deliveries: DeliveryRepository
    sender: WebhookSender
    slots: Slots
    format: RequestFormat
    clock: Clock
    limits: DeliveryLimits
    jitter: Callable[[float, float], float] = random.uniform

    def __call__(self, account_id: str, webhook_id: str, delivery_id: str) -> float | None:
        """The seconds until it has to be called again; None when the delivery has ended."""
        delivery, webhook = self.deliveries.find(delivery_id), self.webhooks.find(account_id, webhook_id)
        if delivery is None or webhook is None or delivery.status.is_final:
            return None
        refusal = self._refusal(webhook, delivery)
        if refusal is not None:
            self._end(delivery, Response(error=refusal))
            return None
        now = self.clock.now()
        wait_until = max(filter(None, (delivery.next_retry_at, delivery.leased_until)), default=now)
        if wait_until > now:
            return (wait_until - now).total_seconds()
        return self._with_slot(webhook, delivery, now)

    def _refusal(self, webhook: Webhook, delivery: Delivery) -> str | None:
        """Why no further attempt is made."""
        if webhook.status is not WebhookStatus.ACTIVE:
            return f"The webhook is {webhook.status.value}."
        if delivery.created_at < webhook.created_at - CLOCKS_DIFFER_MAX:
            return "The webhook was deleted and created again after the event."
        is_over = delivery.leased_until is None or delivery.leased_until <= self.clock.now()
        if delivery.attempts >= self.limits.attempts_max and is_over:
            return "The last attempt was interrupted."
        return None

    def _with_slot(self, webhook: Webhook, delivery: Delivery, now: datetime) -> float | None:
        until = now + LEASE
        slot = self.slots.take(webhook.webhook_id, self.limits.slots, now, until)
        if slot is None:
            return self.jitter(*BUSY_S)
        try:
            leased = self.deliveries.save(delivery.attempting(now, LEASE))
            return self._settle(webhook, leased, self.sender.send(self.format.request(webhook, leased)))
        except StaleRevision:  # another process has begun an attempt
            return BUSY_S[0]
        finally:
            self.slots.release(webhook.webhook_id, slot, until)

    def _settle(self, webhook: Webhook, delivery: Delivery, response: Response) -> float | None:
        now = self.clock.now()
        if response.is_success:
            self._record(webhook, lambda w: w.succeeded(now))
            self._end(delivery, response)
            return None
        limits = self.limits
        self._record(webhook, lambda w: w.failed(now, limits.failures_max, limits.failing_max))
        if delivery.attempts >= limits.attempts_max:
            self._end(delivery, response)
            return None
        wait_s = self._pause_s(delivery.attempts)
        self.deliveries.save(delivery.retried_at(response, now + timedelta(seconds=wait_s)))
        return wait_s

    def _pause_s(self, attempts: int) -> float:
        bound_s = min(self.limits.pause_s * 2 ** (attempts - 1), self.limits.pause_s_max)
        return max(1.0, self.jitter(0.0, bound_s))

    def _end(self, delivery: Delivery, response: Response) -> None:
        self.deliveries.save(delivery.ended(response, self.clock.now()))

    def _record(self, webhook: Webhook, change: Callable[[Webhook], Webhook]) -> None:
        """Only a count: if others change the webhook all the time, or it was deleted, it is left out."""
        for _ in CONFLICT.attempts(f"record a delivery of webhook {webhook.webhook_id}", self.clock.sleep):
            before = self.webhooks.find(webhook.account_id, webhook.webhook_id)
            if before is None or (after := change(before)) is before:
                return
            try:
                self.webhooks.save(after)
            except StaleRevision:
                continue
            except NotFound:
                return
            return
