"""Segments that a signal proposes, before and after they are scored."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.tokenizer import is_without_spaces
from cinedex.kernel.text.tokens import words
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.search.domain.ranking.confidence import FLOORS, Threshold, calibration_of
from cinedex.search.domain.ranking.signal import SINGLE_SIGNALS, Signal
from cinedex.timeline.modality import Modality

NEAR = FLOORS[Threshold.LOW]
"""The confidence at which a vector alone counts as a match."""


class Candidate(BaseModel):
    """A segment that at least one signal proposes, with its known cosines."""

    model_config = ConfigDict(frozen=True)

    document: SegmentDocument
    cosines: dict[Modality, float] = {}

    @cached_property
    def all_stems(self) -> frozenset[str]:
        return frozenset().union(*self.stems.values())

    @cached_property
    def stems(self) -> dict[Modality, frozenset[str]]:
        return {modality: self.document.stems_of(modality) for modality in self.document.texts}

    def contains(self, phrase: str) -> bool:
        """`phrase` is `words` joined by spaces. A single character of a script without spaces is in no pair."""
        if len(phrase) == 1 and is_without_spaces(phrase):
            return any(phrase in fold(text) for text in self.document.texts.values())
        return any(f" {phrase} " in f" {' '.join(words(text))} " for text in self.document.texts.values())


class ScoredSegment(BaseModel):
    """A segment with its score and the evidence for it; `document` has only the texts of the requested modalities.

    `coverages` and `cosines` are the measures of the words and of the vectors of each modality. A coverage is slightly
    above the share of matched words where the words are adjacent. `rank_score` decides the order where that is not the
    score.
    """

    model_config = ConfigDict(frozen=True)

    document: SegmentDocument
    score: float
    matched: tuple[Modality, ...]
    cosine: float = 0.0
    coverage: float = 0.0
    coverages: dict[Modality, float] = {}
    cosines: dict[Modality, float] = {}
    rank_score: float | None = None

    @property
    def sort_key(self) -> tuple[float, float, str, int]:
        """Best first. Ties are broken by video and time, so that every store gives the same order."""
        rank_score = self.score if self.rank_score is None else self.rank_score
        return (-rank_score, -self.score, self.document.video_id, self.document.segment_index)

    @property
    def matched_by(self) -> tuple[Signal, ...]:
        """Single signals that match: a word of the query occurs there, or that vector alone is near enough."""
        near = {m for m, c in self.cosines.items() if calibration_of(self.document.model).confidence(c, 0.0) >= NEAR}
        return tuple(s for s in SINGLE_SIGNALS if s.words_of & self.coverages.keys() or s.vectors_of & near)

    def reranked(self, closest: Mapping[Modality, float]) -> ScoredSegment:
        """With the cosines of its best sentences, where they are higher than those of the whole texts."""
        cosine = max(self.cosine, *closest.values()) if closest else self.cosine
        confidence = calibration_of(self.document.model).confidence(cosine, self.coverage)
        cosines = {modality: max(value, closest.get(modality, value)) for modality, value in self.cosines.items()}
        score = max(self.score, round(confidence, 4))
        return self.model_copy(update={"cosine": cosine, "cosines": cosines, "score": score})
