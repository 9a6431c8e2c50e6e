"""One score for each segment out of what every signal knows of it, whatever store the signals come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.domain.confidence import calibration_of
from cinedex.domain.moment import Modality, SegmentDocument, SignalHits
from cinedex.domain.query import Query, Term
from cinedex.domain.rarity import Rarity
from cinedex.domain.words import stems, words

MODALITY_WEIGHTS = {
    Modality.SPEECH: 1.0,
    Modality.CAPTION: 1.0,
    Modality.SCREEN_TEXT: 1.0,
    Modality.OBJECTS: 1.0,
    Modality.ABOUT: 0.5,
}
"""What a word of the query counts when it is found there: a title speaks of the video, not of the moment."""


class Signal(StrEnum):
    """Who proposes candidates: the lexical index, or the nearest vectors."""

    WORDS = "words"
    VECTORS = "vectors"


class Candidate(BaseModel):
    """A segment that some signal proposes, with the cosines that are known."""

    model_config = ConfigDict(frozen=True)

    document: SegmentDocument
    cosines: dict[Modality, float] = {}

    @property
    def all_stems(self) -> frozenset[str]:
        return frozenset().union(*self.stems.values())

    @cached_property
    def stems(self) -> dict[Modality, frozenset[str]]:
        return {modality: stems(text) for modality, text in self.document.texts.items()}

    def best_place_of(self, term: Term) -> float:
        """Weight of the best modality that holds `term`; 0 when none does."""
        return max((MODALITY_WEIGHTS[m] for m, found in self.stems.items() if term.found_in(found)), default=0.0)

    def holds(self, phrase: str) -> bool:
        return any(f" {phrase} " in f" {' '.join(words(text))} " for text in self.document.texts.values())


class Scored(BaseModel):
    """A segment with the evidence behind its score; `document` shows only the modalities asked for."""

    model_config = ConfigDict(frozen=True)

    document: SegmentDocument
    score: float
    matched: tuple[Modality, ...]
    cosine: float = 0.0
    coverage: float = 0.0

    @property
    def order(self) -> tuple[float, str, int]:
        """Best first; ties by video and time, so that an order is the same wherever it is computed."""
        return (-self.score, self.document.video_id, self.document.segment_index)

    def with_cosine(self, cosine: float) -> Scored:
        """Scored again with a cosine that was measured more closely."""
        score = confidence_of(self.document, cosine, self.coverage)
        return self.model_copy(update={"cosine": cosine, "score": score})


def fuse(query: Query, hits: SignalHits, modalities: Sequence[Modality]) -> list[Scored]:
    """All candidates, best first; those that lack a phrase in quotation marks are out."""
    candidates = [c for c in _candidates(hits, modalities) if all(map(c.holds, query.phrases))]
    rarity = Rarity(query.terms, [c.all_stems for c in candidates])
    unseen = min((hit.score for hit in hits.vectors), default=0.0)
    return sorted((_scored(query, c, rarity, unseen) for c in candidates), key=place_in_order)


def of_signals(hits: SignalHits, signals: Collection[Signal]) -> SignalHits:
    """What the others propose is left out."""
    words = hits.words if Signal.WORDS in signals else ()
    vectors = hits.vectors if Signal.VECTORS in signals else ()
    return hits.model_copy(update={"words": words, "vectors": vectors})


def ranked_alone(scored: Iterable[Scored], signal: Signal) -> list[Scored]:
    """In the order of one signal: the coverage of the query's words, or the best cosine; not calibrated."""
    known = ((s, s.coverage if signal is Signal.WORDS else s.cosine) for s in scored)
    alone = (s.model_copy(update={"score": round(min(1.0, max(0.0, value)), 4)}) for s, value in known)
    return sorted(alone, key=place_in_order)


def _candidates(hits: SignalHits, modalities: Sequence[Modality]) -> Iterable[Candidate]:
    proposed = (*(hit.document for hit in hits.words), *(hit.document for hit in hits.vectors))
    documents = {document.document_id: document for document in proposed}
    cosines = {hit.document.document_id: hit.cosines for hit in hits.vectors}
    for document_id, document in documents.items():
        texts = {m: text for m, text in document.texts.items() if m in modalities}
        visible = document.model_copy(update={"texts": texts})
        yield Candidate(document=visible, cosines=cosines.get(document_id, {}))


def _scored(query: Query, candidate: Candidate, rarity: Rarity, unseen: float) -> Scored:
    """`unseen` bounds the cosine of a document that was not among the nearest."""
    cosine = max(candidate.cosines.values(), default=unseen)
    coverage = rarity.coverage({term: candidate.best_place_of(term) for term in query.terms})
    return Scored(
        document=candidate.document,
        score=confidence_of(candidate.document, cosine, coverage),
        matched=_matched(query, candidate),
        cosine=cosine,
        coverage=coverage,
    )


def place_in_order(scored: Scored) -> tuple[float, str, int]:
    return scored.order


def confidence_of(document: SegmentDocument, cosine: float, coverage: float) -> float:
    return round(calibration_of(document.model).confidence(cosine, coverage), 4)


def _matched(query: Query, candidate: Candidate) -> tuple[Modality, ...]:
    """Modalities by how much each says on its own; those without a word or a near vector are left out."""
    calibration = calibration_of(candidate.document.model)
    strength = {
        modality: calibration.confidence(candidate.cosines.get(modality, 0.0), _share(query, found))
        for modality, found in candidate.stems.items()
    }
    best = max(strength.values(), default=0.0)
    silent = {m for m, found in candidate.stems.items() if not any(t.found_in(found) for t in query.terms)}
    speaking = [m for m, s in strength.items() if m not in silent or s > best / 2]
    return tuple(sorted(speaking, key=lambda m: (-strength[m], list(Modality).index(m))))


def _share(query: Query, found: frozenset[str]) -> float:
    return sum(term.found_in(found) for term in query.terms) / max(1, len(query.terms))
