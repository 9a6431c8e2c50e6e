"""Have the text model loaded before anybody waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.search.ports.text_embedder import TextEmbedder


@dataclass(frozen=True)
class WarmUpEmbedder:
    embedder: TextEmbedder

    def __call__(self) -> bool:
        """Whether it is awake; one that is down is met, and told of, by the first question."""
        try:
            self.embedder.embed(["Is anybody there?"])
        except Unavailable:
            return False
        return True
