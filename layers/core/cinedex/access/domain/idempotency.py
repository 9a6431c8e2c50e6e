"""Idempotency keys and the records under them: a repeated request changes nothing and gets the first result."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.clock import CLOCK_DIFFERENCE_MAX
from cinedex.kernel.errors import InvalidInput

KEY_CHARS_MAX = 255


class IdempotentOperation(StrEnum):
    """Each has keys of its own: the same text used for two operations is two keys."""

    HTTP_REQUEST = "http_request"
    CHAT = "chat"


class IdempotencyKey(BaseModel):
    """`value` is what the client sent; `context` separates keys within an account, for example by session."""

    model_config = ConfigDict(frozen=True)

    operation: IdempotentOperation
    account_id: str
    context: str
    value: str


class StoredResponse(BaseModel):
    """An HTTP response as it was sent."""

    model_config = ConfigDict(frozen=True)

    status: int
    content_type: str
    body: str


class IdempotencyRecord(BaseModel):
    """A reservation of a key, and once the request has succeeded its result: a response or the id of a resource."""

    model_config = ConfigDict(frozen=True)

    key: IdempotencyKey
    owner_id: str = Field(description="Of the request that made the record; only this request may complete it.")
    fingerprint: str | None = Field(description="Of the request; None in records of older versions that had none.")
    expires_at: datetime
    response: StoredResponse | None = None
    resource_id: str | None = None

    @property
    def is_complete(self) -> bool:
        return self.response is not None or self.resource_id is not None

    def holds_against(self, reservation: IdempotencyRecord, now: datetime) -> bool:
        """Whether the key is taken for `reservation`, a record that begins now.

        A reservation that would end later was written by a clock that was wrong. A result is given until it expires,
        because the request would run twice without it.
        """
        if self.expires_at <= now:
            return False
        return self.is_complete or self.expires_at <= reservation.expires_at + CLOCK_DIFFERENCE_MAX

    def is_for(self, fingerprint: str) -> bool:
        """False when the key was used for a different request."""
        return self.fingerprint is None or self.fingerprint == fingerprint

    def completed(
        self, until: datetime, *, response: StoredResponse | None = None, resource_id: str | None = None
    ) -> Self:
        return self.model_copy(update={"expires_at": until, "response": response, "resource_id": resource_id})


def require_key(value: str) -> str:
    """Raises `InvalidInput` for a key that is empty, too long or not printable."""
    if not (0 < len(value) <= KEY_CHARS_MAX and value.isprintable()):
        message = f"An idempotency key has 1 to {KEY_CHARS_MAX} printable characters."
        raise InvalidInput(message, field="idempotency_key")
    return value
