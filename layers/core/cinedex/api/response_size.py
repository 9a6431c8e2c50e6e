"""No response has more than `RESPONSE_BYTES_MAX`: pages end before it, and texts without pages are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from cinedex.kernel.errors import TooLarge

T = TypeVar("T")
R = TypeVar("R", bound=BaseModel)
RESPONSE_BYTES_MAX = 4_500_000
"""AWS refuses responses of 6 MB; every item is at most a tenth of that."""


@dataclass
class PageBuilder(Generic[T, R]):
    """Makes the response of each item that still fits."""

    make: Callable[[T], R]
    bytes_max: int = field(default_factory=lambda: RESPONSE_BYTES_MAX)
    responses: list[R] = field(default_factory=list)

    def admits(self, item: T) -> bool:
        response = self.make(item)
        self.bytes_max -= len(response.model_dump_json().encode())
        if self.bytes_max < 0 and self.responses:
            return False
        self.responses.append(response)
        return True


def bounded(text: str, what: str) -> str:
    """Raises `TooLarge` for a text, such as "subtitles", that no response can hold."""
    if len(text.encode()) > RESPONSE_BYTES_MAX:
        raise TooLarge(
            f"The {what} have more than {RESPONSE_BYTES_MAX} bytes in this format."
            " Request a part of them with start and end.",
            field="format",
        )
    return text
