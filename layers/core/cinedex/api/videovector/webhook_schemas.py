"""Bodies of requests and responses of webhooks."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from cinedex.api.requests.ids import Id
from cinedex.api.requests.strict_body import StrictBody
from cinedex.api.shown_once import HasSecrets, ShownOnce
from cinedex.api.videovector.webhook_events import NAMES, TYPES, names_of
from cinedex.api.videovector.webhook_requests import payload_of
from cinedex.kernel.errors import InvalidInput
from cinedex.webhooks.manage_webhooks import NewWebhook
from cinedex.webhooks.webhook import Delivery, Webhook

METADATA_BYTES_MAX = 4096


def _event_types(names: list[str]) -> list[str]:
    unknown = [name for name in names if name not in TYPES]
    if unknown:
        raise ValueError(f"unknown event {unknown[0][:64]!r}; GET /api/v2/webhooks/events lists them")
    return list(dict.fromkeys(names))


def _small(metadata: dict[str, Any] | None) -> dict[str, Any] | None:
    if metadata is not None and len(json.dumps(metadata).encode()) > METADATA_BYTES_MAX:
        raise ValueError(f"must have at most {METADATA_BYTES_MAX} bytes")
    return metadata


Name = Annotated[str, Field(min_length=1, max_length=100)]
Url = Annotated[str, Field(max_length=2048, description="https only; it must lead to a public address.")]
Events = Annotated[list[str], Field(min_length=1, max_length=len(NAMES)), AfterValidator(_event_types)]
IndexIds = Annotated[list[Id], Field(min_length=1, max_length=100)]
Metadata = Annotated[dict[str, Any] | None, AfterValidator(_small)]


class WebhookBody(StrictBody):
    name: Name
    url: Url
    events: Events
    index_ids: IndexIds | None = Field(
        default=None, description="Only events of videos in these indexes, and of videos in none; null: all."
    )
    metadata: Metadata = Field(default=None, description="Sent with every event.")

    @property
    def webhook(self) -> NewWebhook:
        return NewWebhook(
            name=self.name,
            url=self.url,
            event_types=tuple(TYPES[name] for name in self.events),
            collection_ids=None if self.index_ids is None else tuple(self.index_ids),
            metadata=self.metadata,
        )


class WebhookChanges(StrictBody):
    name: Name | None = None
    url: Url | None = None
    events: Events | None = None
    index_ids: IndexIds | None = None
    metadata: Metadata = None
    status: Literal["active", "paused"] | None = Field(
        default=None, description="`active` also ends the state `disabled`."
    )

    def changes(self) -> dict[str, Any]:
        """Raises `InvalidInput` for null where it means nothing."""
        sent = self.model_dump(exclude_unset=True)
        null = next((n for n, v in sent.items() if v is None and n not in ("index_ids", "metadata")), None)
        if null is not None:
            raise InvalidInput(f"{null} must not be null; omit it to keep the value.", field=null)
        renamed = {"events": "event_types", "index_ids": "collection_ids"}
        changes = {renamed.get(name, name): value for name, value in sent.items()}
        if "event_types" in changes:
            changes["event_types"] = tuple(TYPES[name] for name in changes["event_types"])
        return changes


class WebhookResponse(BaseModel):
    webhook_id: str
    name: str
    url: str
    events: list[str]
    status: Literal["active", "paused", "disabled"]
    index_ids: list[str] | None
    failure_count: int = Field(description="Failed attempts since the last success.")
    last_failure_at: datetime | None
    last_success_at: datetime | None
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any] | None
    disabled_reason: str | None = Field(description="Extension: why it is `disabled`.")

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookResponse:
        return cls.model_validate(_fields(webhook))


class WebhookWithSecret(HasSecrets, WebhookResponse):
    secret: ShownOnce = Field(description="Signs the requests. Returned only here, and to the same idempotency key.")

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookWithSecret:
        return cls.model_validate({**_fields(webhook), "secret": webhook.secret})


class DeliveryResponse(BaseModel):
    delivery_id: str
    webhook_id: str
    event_type: str
    status: Literal["pending", "processing", "delivered", "failed", "retrying"]
    attempts: int
    last_attempt_at: datetime | None
    next_retry_at: datetime | None
    response_status_code: int | None
    response_body: str | None = Field(description="The first 1024 bytes.")
    error_message: str | None
    created_at: datetime
    completed_at: datetime | None
    payload: dict[str, Any]

    @classmethod
    def of(cls, webhook: Webhook, delivery: Delivery) -> DeliveryResponse:
        answer = delivery.response
        return cls(
            delivery_id=delivery.delivery_id,
            webhook_id=delivery.webhook_id,
            event_type=NAMES[delivery.event.event_type],
            status=delivery.status.value,
            attempts=delivery.attempts,
            last_attempt_at=delivery.last_attempt_at,
            next_retry_at=delivery.next_retry_at,
            response_status_code=answer.status_code if answer else None,
            response_body=answer.body if answer else None,
            error_message=answer.problem if answer else None,
            created_at=delivery.created_at,
            completed_at=delivery.completed_at,
            payload=payload_of(webhook, delivery.event),
        )


class WebhookTest(BaseModel):
    success: bool
    status_code: int | None
    error: str | None


class RotatedSecret(HasSecrets):
    webhook_id: str
    new_secret: ShownOnce = Field(description="Returned only here. The old one signs nothing from now on.")


class WebhookDeleted(BaseModel):
    message: str


def _fields(webhook: Webhook) -> dict[str, Any]:
    fields = webhook.model_dump(exclude={"secret", "account_id", "event_types", "collection_ids"})
    return fields | {"events": names_of(webhook.event_types), "index_ids": webhook.collection_ids}
