"""Videos that are ready, and vectors made of their words, for tests of use cases that only read."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.text.tokens import STOP_WORDS, stem, words
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.search.ports.text_embedder import TextVectors

from tests.support.memory.library import MemoryVideos

READY = FeatureState(status=FeatureStatus.READY, generation=1)
ALL_READY = (Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.OBJECTS, Feature.EMBEDDINGS)


def video(
    video_id: str,
    *,
    duration_s: float = 60.0,
    ready: Sequence[Feature] = ALL_READY,
    account_id: str = "mine",
    **fields: Any,
) -> Video:
    return Video(
        video_id=video_id,
        account_id=account_id,
        media=StoredMedia(bucket="media", key=f"uploads/{account_id}/{video_id}/{video_id}.mp4"),
        status=UploadStatus.UPLOADED,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        probe=Probe(duration_s=duration_s, format="mp4", width=640, height=360, video_codec="h264"),
        features={feature: READY for feature in ready},
        **fields,
    )


def library_of(*videos: Video) -> MemoryVideos:
    library = MemoryVideos()
    for one in videos:
        library.add(one)
    return library


DIMENSIONS = 2048
NEARLY_ZERO = 1e-9
"""Of each dimension without a word, so that a text without words has a direction, too."""


class WordVectors:
    """Unit vectors of hashed word stems: texts with words in common are close, and nothing else is."""

    model = "words-2048d"

    def __init__(self) -> None:
        self.down = False

    def embed(self, texts: Sequence[str]) -> TextVectors:
        if self.down:
            raise Unavailable("The text model is down.")
        return TextVectors(model=self.model, vectors=tuple(_vector(text) for text in texts))


@lru_cache(maxsize=1000)
def _vector(text: str) -> tuple[float, ...]:
    stems = (stem(word) for word in words(text) if word not in STOP_WORDS)
    counts = Counter(zlib.crc32(stemmed.encode()) % DIMENSIONS for stemmed in stems)
    elsewhere = DIMENSIONS - len(counts)
    length = math.sqrt(sum((NEARLY_ZERO + n) ** 2 for n in counts.values()) + elsewhere * NEARLY_ZERO**2)
    values = [NEARLY_ZERO / length] * DIMENSIONS
    for dimension, n in counts.items():
        values[dimension] = (NEARLY_ZERO + n) / length
    return tuple(values)
