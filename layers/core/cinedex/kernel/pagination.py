"""Where a ranked list goes on: opaque to clients, and of use for the same question only."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cinedex.kernel.errors import InvalidInput

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Page(Generic[T_co]):
    """`next_cursor` is None on the last page."""

    items: Sequence[T_co]
    next_cursor: str | None


class PageToken(BaseModel):
    """The rank of the last item given out, and the kept list in which it has that rank."""

    model_config = ConfigDict(frozen=True)

    question: str
    list_id: str
    rank: int = Field(ge=1)

    def pack(self) -> str:
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode().rstrip("=")

    @classmethod
    def unpack(cls, token: str, question: str) -> Self:
        """Raises `InvalidInput` for what is no token, or one that was given for another question."""
        try:
            read = cls.model_validate_json(base64.b64decode(token + "=" * (-len(token) % 4), b"-_", True))
        except (ValidationError, binascii.Error, ValueError):
            raise InvalidInput("page_token is not a token of this API.", field="page_token") from None
        if read.question != question:
            raise InvalidInput("page_token belongs to another query or filter.", field="page_token")
        return read


def fingerprint(question: BaseModel, *, ignoring: frozenset[str]) -> str:
    """The same for equal questions, whatever page of it is asked for."""
    content = question.model_dump_json(exclude=set(ignoring))
    return hashlib.sha256(content.encode()).hexdigest()[:24]
