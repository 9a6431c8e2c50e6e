"""Signals: what a search compares with a query, the words or the vectors of some modalities."""

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
    METADATA = "about"
    SUBTITLE = "subtitle"
    SPEECH_VECTORS = "speech_vectors"
    CAPTION_VECTORS = "caption_vectors"
    SUBTITLE_VECTORS = "subtitle_vectors"

    @property
    def words_of(self) -> frozenset[Modality]:
        """Modalities whose words it compares."""
        return _WORDS_OF[self]

    @property
    def vectors_of(self) -> frozenset[Modality]:
        """Modalities whose vectors it compares."""
        return _VECTORS_OF[self]


_WORDS_OF = {signal: frozenset(m for m in Modality if m.value == signal.value) for signal in Signal} | {
    Signal.WORDS: frozenset(Modality)
}
_VECTORS_OF = {signal: frozenset(m for m in EMBEDDED if f"{m.value}_vectors" == signal.value) for signal in Signal} | {
    Signal.VECTORS: frozenset(EMBEDDED)
}

ALL_SIGNALS = (Signal.WORDS, Signal.VECTORS)
LIST_WEIGHTS = {
    Signal.SPEECH: 1.0,
    Signal.CAPTION: 1.0,
    Signal.SCREEN_TEXT: 1.0,
    Signal.OBJECTS: 1.0,
    Signal.METADATA: 0.9,
    Signal.SUBTITLE: 1.0,
    Signal.SPEECH_VECTORS: 1.0,
    Signal.CAPTION_VECTORS: 1.0,
    Signal.SUBTITLE_VECTORS: 1.0,
}
"""Weight of each single signal's list in a fusion.

Of two segments with the same words, one in which they are spoken ranks above one whose video's metadata has them.
"""
SINGLE_SIGNALS = tuple(LIST_WEIGHTS)


class SignalModalities(BaseModel):
    """The modalities whose words and whose vectors are compared; other texts of a segment are only displayed."""

    model_config = ConfigDict(frozen=True)

    words: frozenset[Modality]
    vectors: frozenset[Modality]

    @classmethod
    def of(cls, signals: Collection[Signal]) -> SignalModalities:
        return cls(
            words=frozenset().union(*(signal.words_of for signal in signals)),
            vectors=frozenset().union(*(signal.vectors_of for signal in signals)),
        )

    @cached_property
    def modalities(self) -> tuple[Modality, ...]:
        return tuple(m for m in Modality if m in self.words | self.vectors)


ALL_EVIDENCE = SignalModalities.of(ALL_SIGNALS)
