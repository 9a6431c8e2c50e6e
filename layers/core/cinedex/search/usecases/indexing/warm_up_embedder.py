"""Load the text model before the first search needs it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.search.ports.text_embedder import TextEmbedder

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WarmUpEmbedder:
    embedder: TextEmbedder

    def __call__(self) -> bool:
        """False when the model is not available; the first search then reports it."""
        try:
            self.embedder.embed(["warm-up"])
        except Unavailable as error:
            logger.warning("the text model was not loaded in advance", extra=log_fields(error))
            return False
        return True
