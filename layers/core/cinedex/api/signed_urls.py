"""Response fields with presigned URLs: no stored response has them, and a repeated one gets new ones.

A presigned URL gives access for hours to what it names, and a response to an idempotency key is stored for a day. A
response model declares such a field with the type `SignedUrl`, and its route names the function that signs again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import Field

MARK = "x-signed-url"
SignedUrl = Annotated[str | None, Field(json_schema_extra={MARK: True})]
Body = dict[str, Any]
SignAgain = Callable[[str, Body, Body], Body]
"""Of an account: a stored body, whose URLs are null, with URLs for everything that still exists; and its request."""
_ATTRIBUTE = "sign_again"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def signed_again_by(sign: SignAgain) -> Callable[[Endpoint], Endpoint]:
    """A decorator of the endpoint of a route."""

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _ATTRIBUTE, sign)
        return endpoint

    return declare


def sign_again_of(endpoint: Callable[..., Any]) -> SignAgain | None:
    sign: SignAgain | None = getattr(endpoint, _ATTRIBUTE, None)
    return sign
