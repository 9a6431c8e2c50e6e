"""Pages of lists, and the tokens with which clients request the next page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.fingerprint import fingerprint

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Page(Generic[T_co]):
    """`next_cursor` is None on the last page."""

    items: Sequence[T_co]
    next_cursor: str | None


@dataclass(frozen=True)
class ListPage(Generic[T_co]):
    """`next_page_token` is None on the last page, and `total` where the list is not counted."""

    items: Sequence[T_co]
    next_page_token: str | None
    total: int | None = None


class PageToken(BaseModel):
    """Where a list continues. Opaque to clients, and valid for one query only; a subclass adds the position."""

    model_config = ConfigDict(frozen=True)

    query: str

    def pack(self) -> str:
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode().rstrip("=")

    @classmethod
    def unpack(cls, token: str, query: str) -> Self:
        """Raises `InvalidInput` for anything but a token that was issued for `query`."""
        try:
            read = cls.model_validate_json(base64.b64decode(token + "=" * (-len(token) % 4), b"-_", True))
        except (ValidationError, binascii.Error, ValueError):
            raise invalid_token() from None
        if read.query != query:
            raise InvalidInput("page_token belongs to another query or filter.", field="page_token")
        return read


class CursorToken(PageToken):
    """The position is a cursor of a store."""

    cursor: str


def cursor_of(token: str | None, query: str) -> str | None:
    """The cursor of a page token that was issued for `query`. Raises `InvalidInput`."""
    return None if token is None else CursorToken.unpack(token, query).cursor


def token_of(cursor: str | None, query: str) -> str | None:
    return None if cursor is None else CursorToken(query=query, cursor=cursor).pack()


def invalid_token() -> InvalidInput:
    return InvalidInput("page_token is not a token of this API.", field="page_token")


def query_fingerprint(query: BaseModel, *, ignoring: frozenset[str]) -> str:
    """Equal for equal queries, whichever page they request."""
    return fingerprint(query.model_dump_json(exclude=set(ignoring)))[:24]
