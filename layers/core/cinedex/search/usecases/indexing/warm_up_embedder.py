"""Load the text model before the first search needs it."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.search.ports.text_embedder import TextEmbedder


@dataclass(frozen=True)
class WarmUpEmbedder:
    embedder: TextEmbedder

    def __call__(self) -> bool:
        """False when the model is not available; the first search then reports it."""
        try:
            self.embedder.embed(["warm-up"])
        except Unavailable:
            return False
        return True
