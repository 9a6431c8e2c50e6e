"""The response to a request that carried an idempotency key, kept so that repeating the request changes nothing."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

KEY_CHARS_MAX = 255


class StoredResponse(BaseModel):
    model_config = ConfigDict(frozen=True)

    status: int
    content_type: str
    body: str


class IdempotencyRecord(BaseModel):
    """Who works on the request of a key, or has: `response` is None while the work goes on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    claim_id: str
    fingerprint: str = Field(description="Of the whole request: method, path, query and body.")
    response: StoredResponse | None = None
