"""Response fields that are returned once: a repeated request with an idempotency key gets null in their place.

A response model declares such a field with the type `ShownOnce`, and inherits from `HasSecrets`. The middleware removes
the values before it stores a response, and once more before it repeats one, which an earlier version may have stored.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

MARK = "x-shown-once"
WITHHELD = (
    "The secret was in the first response to this idempotency key and is stored nowhere. If it is lost, "
    "delete what it belongs to and create another."
)

ShownOnce = Annotated[str | None, Field(json_schema_extra={MARK: True})]


class HasSecrets(BaseModel):
    """A response with `ShownOnce` fields."""

    withheld: str | None = Field(
        default=None, description="Why secrets are null: this response repeats that of an idempotency key."
    )
