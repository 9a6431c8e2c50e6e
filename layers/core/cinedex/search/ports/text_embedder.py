"""The port for the text model that embeds queries and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict


class TextVectors(BaseModel):
    """One unit vector for each text, in the same order. Only vectors of the same `model` can be compared."""

    model_config = ConfigDict(frozen=True)

    model: str
    vectors: tuple[tuple[float, ...], ...]


class TextEmbedder(Protocol):
    def embed(self, texts: Sequence[str]) -> TextVectors:
        """Raises `Unavailable` without a text model or when it does not respond, `InternalError` when it fails."""
