"""A webhook, and the log of what was sent to it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.events import AnyEvent
from cinedex.kernel.fingerprint import fingerprint

LOG_RETENTION = timedelta(days=14)
SUCCESS_RECORDED_EVERY = timedelta(minutes=1)


class WebhookStatus(StrEnum):
    """An account pauses a webhook; after many failures in a row it is disabled."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Webhook(BaseModel):
    """`event_types` and `collection_ids` select events; an event of a video without a collection is always selected.

    `failure_count` counts failed attempts since the last success, of which the first was at `failing_since`.
    `request_hash` identifies the request that has created it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    webhook_id: str
    name: str
    url: str
    event_types: tuple[str, ...]
    collection_ids: tuple[str, ...] | None = None
    metadata: dict[str, Any] | None = None
    secret: str = Field(repr=False)
    status: WebhookStatus = WebhookStatus.ACTIVE
    disabled_reason: str | None = None
    failure_count: int = 0
    failing_since: datetime | None = None
    last_failure_at: datetime | None = None
    last_success_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    request_hash: str = ""
    revision: int = 1

    def selects(self, event: AnyEvent) -> bool:
        in_scope = self.collection_ids is None or event.collection_id is None
        return event.event_type in self.event_types and (in_scope or event.collection_id in (self.collection_ids or ()))

    def edited(self, changes: Mapping[str, Any], now: datetime) -> Self:
        """A status that the account sets ends the row of failures."""
        fresh = {"disabled_reason": None, "failure_count": 0, "failing_since": None} if "status" in changes else {}
        return self.model_validate({**dict(self), **changes, **fresh, "updated_at": now})

    def with_secret(self, secret: str, now: datetime) -> Self:
        return self.model_copy(update={"secret": secret, "updated_at": now})

    def succeeded(self, now: datetime) -> Self:
        """Itself if that is known already: a busy webhook is not written for every delivery."""
        recent = self.last_success_at is not None and now - self.last_success_at < SUCCESS_RECORDED_EVERY
        if recent and not self.failure_count:
            return self
        return self.model_copy(update={"last_success_at": now, "failure_count": 0, "failing_since": None})

    def failed(self, now: datetime, failures_max: int, failing_max: timedelta) -> Self:
        """Disabled by as many failures in a row, over as long a time: an outage of minutes fails many deliveries."""
        count, since = self.failure_count + 1, self.failing_since or now
        update: dict[str, Any] = {"failure_count": count, "failing_since": since, "last_failure_at": now}
        if self.status is WebhookStatus.ACTIVE and count >= failures_max and now - since >= failing_max:
            reason = f"{count} attempts in a row have failed since {since:%Y-%m-%dT%H:%MZ}."
            update |= {"status": WebhookStatus.DISABLED, "disabled_reason": reason, "updated_at": now}
        return self.model_copy(update=update)


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETRYING = "retrying"

    @property
    def is_final(self) -> bool:
        return self in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)


class Response(BaseModel):
    """What a receiver has answered. `error` is why there is no answer."""

    model_config = ConfigDict(frozen=True)

    status_code: int | None = None
    body: str | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def problem(self) -> str | None:
        if self.is_success:
            return None
        return self.error or f"The receiver answered with HTTP status {self.status_code}."


class Delivery(BaseModel):
    """One event for one webhook. `attempts` counts those that have begun; `leased_until` is of the one in progress."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    webhook_id: str
    delivery_id: str
    event: AnyEvent
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    created_at: datetime
    expires_at: datetime
    leased_until: datetime | None = None
    last_attempt_at: datetime | None = None
    next_retry_at: datetime | None = None
    completed_at: datetime | None = None
    response: Response | None = None
    revision: int = 1

    @classmethod
    def of(cls, webhook: Webhook, event: AnyEvent) -> Self:
        """The id begins with the webhook and the time of the event, and is the same for a repeated event."""
        milliseconds = int(event.occurred_at.timestamp() * 1000)
        mark = fingerprint(webhook.webhook_id, event.event_id)[:20]
        return cls(
            account_id=webhook.account_id,
            webhook_id=webhook.webhook_id,
            delivery_id=f"{webhook.webhook_id}_{milliseconds:012x}{mark}",
            event=event,
            created_at=event.occurred_at,
            expires_at=event.occurred_at + LOG_RETENTION,
        )

    def attempting(self, now: datetime, lease: timedelta) -> Self:
        update = {"attempts": self.attempts + 1, "last_attempt_at": now, "leased_until": now + lease}
        return self.model_copy(update={**update, "status": DeliveryStatus.PROCESSING, "next_retry_at": None})

    def ended(self, response: Response, now: datetime) -> Self:
        status = DeliveryStatus.DELIVERED if response.is_success else DeliveryStatus.FAILED
        return self.model_copy(
            update={"status": status, "response": response, "completed_at": now, "leased_until": None}
        )

    def retried_at(self, response: Response, retry_at: datetime) -> Self:
        update = {"status": DeliveryStatus.RETRYING, "response": response, "next_retry_at": retry_at}
        return self.model_copy(update=update | {"leased_until": None})

    def again(self) -> Self:
        """A new series of attempts, which the account has requested."""
        update = {"status": DeliveryStatus.PENDING, "attempts": 0, "next_retry_at": None, "completed_at": None}
        return self.model_copy(update=update)


def webhook_of_delivery(delivery_id: str) -> str:
    return delivery_id.rpartition("_")[0]


def new_secret() -> str:
    return f"whsec_{secrets.token_hex(24)}"
