"""What can find a moment: the words of some evidence, or the vectors of some."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.search.domain.index.segment_document import EMBEDDED
from cinedex.timeline.modality import Modality


class Signal(StrEnum):
    """All words or all vectors, or those of one modality."""

    WORDS = "words"
    VECTORS = "vectors"
    SPEECH = "speech"
    CAPTION = "caption"
    SCREEN_TEXT = "screen_text"
    OBJECTS = "objects"
    ABOUT = "about"
    SPEECH_VECTORS = "speech_vectors"
    CAPTION_VECTORS = "caption_vectors"

    @property
    def words_of(self) -> frozenset[Modality]:
        """Modalities whose words it looks at."""
        if self is Signal.WORDS:
            return frozenset(Modality)
        return frozenset(m for m in Modality if m.value == self.value)

    @property
    def vectors_of(self) -> frozenset[Modality]:
        """Modalities whose vectors it looks at."""
        if self is Signal.VECTORS:
            return frozenset(EMBEDDED)
        return frozenset(m for m in EMBEDDED if f"{m.value}_vectors" == self.value)


ALL_SIGNALS = (Signal.WORDS, Signal.VECTORS)
LIST_WEIGHTS = {
    Signal.SPEECH: 1.0,
    Signal.CAPTION: 1.0,
    Signal.SCREEN_TEXT: 1.0,
    Signal.OBJECTS: 1.0,
    Signal.ABOUT: 0.9,
    Signal.SPEECH_VECTORS: 1.0,
    Signal.CAPTION_VECTORS: 1.0,
}
"""What the list of each single signal counts where lists are fused.

Of two segments that are first by their words, one should win in which they are said over one of whose video they tell.
"""
SINGLE_SIGNALS = tuple(LIST_WEIGHTS)


class Evidence(BaseModel):
    """The modalities whose words and whose vectors count; the rest of a segment is only shown."""

    model_config = ConfigDict(frozen=True)

    words: frozenset[Modality]
    vectors: frozenset[Modality]

    @classmethod
    def of(cls, signals: Collection[Signal]) -> Evidence:
        return cls(
            words=frozenset().union(*(signal.words_of for signal in signals)),
            vectors=frozenset().union(*(signal.vectors_of for signal in signals)),
        )

    @cached_property
    def modalities(self) -> tuple[Modality, ...]:
        return tuple(m for m in Modality if m in self.words | self.vectors)


EVERYTHING = Evidence.of(ALL_SIGNALS)
