"""Turns texts into vectors at the time of a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict


class TextVectors(BaseModel):
    """One unit vector for each text, in the same order; `model` names the space they live in."""

    model_config = ConfigDict(frozen=True)

    model: str
    vectors: tuple[tuple[float, ...], ...]


class TextEmbedder(Protocol):
    def embed(self, texts: Sequence[str]) -> TextVectors:
        """Raises `Unavailable` when this deployment has no text model or it is down, `InternalError` when it broke."""
