"""Have the text model loaded before anybody waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.domain.errors import Unavailable
from cinedex.ports.text_embedder import TextEmbedder


@dataclass(frozen=True)
class WakeTextModel:
    embedder: TextEmbedder

    def __call__(self) -> bool:
        """Whether it is awake; one that is down is met, and told of, by the first question."""
        try:
            self.embedder.embed(["Is anybody there?"])
        except Unavailable:
            return False
        return True
