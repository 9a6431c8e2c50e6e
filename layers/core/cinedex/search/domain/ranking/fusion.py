"""One score and one place for each segment, of what every signal knows of it, whatever store the signals come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.text.tokens import stems, words
from cinedex.search.domain.index.segment_document import SegmentDocument, SignalHits
from cinedex.search.domain.query.query import Query, Term
from cinedex.search.domain.ranking.confidence import FLOORS, Calibration, Threshold, calibration_of
from cinedex.search.domain.ranking.idf import Rarity
from cinedex.search.domain.ranking.proximity import PHRASE_BOOST, togetherness
from cinedex.search.domain.ranking.rank_fusion import MERITS, Fusion, Half, SignalList
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, LIST_WEIGHTS, SINGLE_SIGNALS, Evidence, Signal
from cinedex.timeline.modality import Modality

MODALITY_WEIGHTS = {
    Modality.SPEECH: 1.0,
    Modality.CAPTION: 1.0,
    Modality.SCREEN_TEXT: 1.0,
    Modality.OBJECTS: 1.0,
    Modality.ABOUT: 0.5,
}
"""What a word of the query counts when it is found there: a title speaks of the video, not of the moment."""
NEAR = FLOORS[Threshold.LOW]
"""How sure a vector alone must be to count as a match."""


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

    def holds(self, phrase: str) -> bool:
        return any(f" {phrase} " in f" {' '.join(words(text))} " for text in self.document.texts.values())


class Scored(BaseModel):
    """A segment with the evidence behind its score; `document` shows only the modalities asked for.

    `coverages` and `cosines` are what the words and the vectors of each modality say by themselves; a coverage is a
    little above the share that is found where words stand together. `merit` is what the order is by where that is not
    the score.
    """

    model_config = ConfigDict(frozen=True)

    document: SegmentDocument
    score: float
    matched: tuple[Modality, ...]
    cosine: float = 0.0
    coverage: float = 0.0
    coverages: dict[Modality, float] = {}
    cosines: dict[Modality, float] = {}
    merit: float | None = None

    @property
    def order(self) -> tuple[float, float, str, int]:
        """Best first; ties by video and time, so that an order is the same wherever it is computed."""
        merit = self.score if self.merit is None else self.merit
        return (-merit, -self.score, self.document.video_id, self.document.segment_index)

    @property
    def matched_by(self) -> tuple[Signal, ...]:
        """Single signals that speak for it: it holds a word there, or would be found by that vector alone."""
        near = {m for m, c in self.cosines.items() if calibration_of(self.document.model).confidence(c, 0.0) >= NEAR}
        return tuple(s for s in SINGLE_SIGNALS if s.words_of & self.coverages.keys() or s.vectors_of & near)

    def reranked(self, measured: Mapping[Modality, float]) -> Scored:
        """Scored again where a part of a text is closer than its whole; only what has a vector ranks by it."""
        cosine = max(self.cosine, *measured.values()) if measured else self.cosine
        surer = calibration_of(self.document.model).confidence(cosine, self.coverage)
        cosines = {modality: max(known, measured.get(modality, known)) for modality, known in self.cosines.items()}
        score = max(self.score, round(surer, 4))
        return self.model_copy(update={"cosine": cosine, "cosines": cosines, "score": score})


def fuse(
    query: Query,
    hits: SignalHits,
    modalities: Sequence[Modality],
    signals: Collection[Signal] = ALL_SIGNALS,
    fusion: Fusion = Fusion.CALIBRATED,
) -> list[Scored]:
    """All candidates of `signals`, best first; those that lack a phrase in quotation marks are out.

    One signal alone ranks by its own measure, which is then the score: the coverage of the query's words, or the
    best cosine. It is not calibrated.
    """
    evidence = Evidence.of(signals)
    proposed = list(_candidates(hits, modalities, evidence))
    candidates = [c for c in proposed if all(map(c.holds, query.phrases))]
    judge = _Judge(query, evidence, candidates, _cosine_of_the_last(proposed))
    scored = [s for s in map(judge.scored, candidates) if s.cosines or s.coverage or evidence.words >= set(modalities)]
    if len(signals) == 1:
        return sorted(map(_by_itself, scored), key=place_in_order)
    return in_order(scored, fusion)


def in_order(scored: Iterable[Scored], fusion: Fusion) -> list[Scored]:
    """Best first, by what `fusion` makes of all of them."""
    ranked = list(scored)
    if fusion in MERITS:
        merits = MERITS[fusion](_halves(ranked))
        ranked = [s.model_copy(update={"merit": merits.get(s.document.document_id, 0.0)}) for s in ranked]
    return sorted(ranked, key=place_in_order)


def place_in_order(scored: Scored) -> tuple[float, float, str, int]:
    return scored.order


def best_score(scored: Iterable[Scored]) -> float:
    """Not always that of the first: the order may be by something else. 0 of none."""
    return max((s.score for s in scored), default=0.0)


def _candidates(hits: SignalHits, modalities: Sequence[Modality], evidence: Evidence) -> Iterator[Candidate]:
    cosines = {
        hit.document.document_id: {m: c for m, c in hit.cosines.items() if m in evidence.vectors}
        for hit in hits.vectors
    }
    by_words = (hit.document for hit in hits.words if evidence.words)
    by_vectors = (hit.document for hit in hits.vectors if cosines[hit.document.document_id])
    for document_id, document in {d.document_id: d for d in (*by_words, *by_vectors)}.items():
        texts = {m: text for m, text in document.texts.items() if m in modalities}
        visible = document.model_copy(update={"texts": texts})
        yield Candidate(document=visible, cosines=cosines.get(document_id, {}))


def _cosine_of_the_last(proposed: Iterable[Candidate]) -> float | None:
    """No document that was not among the nearest can be closer; None when no vector was compared."""
    return min((max(c.cosines.values()) for c in proposed if c.cosines), default=None)


class _Judge:
    """Scores the candidates of one query; `unseen` bounds the cosine of those whose vectors were not compared."""

    def __init__(self, query: Query, evidence: Evidence, candidates: Sequence[Candidate], unseen: float | None) -> None:
        self._query = query
        self._evidence = evidence
        self._rarity = Rarity(query.terms, [c.all_stems for c in candidates])
        self._unseen = unseen

    def scored(self, candidate: Candidate) -> Scored:
        found = {m: _found(self._query.terms, held) for m, held in candidate.stems.items()}
        boosts = self._boosts(candidate, found)
        coverage = self._coverage(found) * max(boosts.values(), default=1.0)
        cosine = max(candidate.cosines.values(), default=self._unseen or 0.0)
        calibration = calibration_of(None if self._unseen is None else candidate.document.model)
        return Scored(
            document=candidate.document,
            score=round(calibration.confidence(cosine, coverage), 4),
            matched=self._matched(candidate, found, calibration),
            cosine=cosine,
            coverage=coverage,
            coverages={m: self._rarity.coverage(found[m]) * boost for m, boost in boosts.items()},
            cosines=candidate.cosines,
        )

    def _boosts(self, candidate: Candidate, found: Mapping[Modality, Mapping[Term, float]]) -> dict[Modality, float]:
        """Of each modality with a word of the query: 1, and more where words stand together."""
        holding = [m for m, terms in found.items() if terms and m in self._evidence.words]
        texts = {m: candidate.document.texts[m] if len(found[m]) > 1 else "" for m in holding}
        return {
            m: 1 + PHRASE_BOOST * MODALITY_WEIGHTS[m] * togetherness(self._query.terms, text)
            for m, text in texts.items()
        }

    def _coverage(self, found: Mapping[Modality, Mapping[Term, float]]) -> float:
        """A word counts once, by the weight of the best modality that holds it."""
        places: dict[Term, float] = {}
        for modality in self._evidence.words & found.keys():
            for term, weight in found[modality].items():
                places[term] = max(places.get(term, 0.0), MODALITY_WEIGHTS[modality] * weight)
        return self._rarity.coverage(places)

    def _matched(
        self, candidate: Candidate, found: Mapping[Modality, Mapping[Term, float]], calibration: Calibration
    ) -> tuple[Modality, ...]:
        """Modalities by how much each says on its own; those without a word or a near vector are left out."""
        terms_count = max(1, len(self._query.terms))
        strength = {
            modality: calibration.confidence(candidate.cosines.get(modality, 0.0), sum(terms.values()) / terms_count)
            for modality, terms in found.items()
            if modality in self._evidence.modalities
        }
        best = max(strength.values(), default=0.0)
        speaking = [m for m, s in strength.items() if found[m] or s > best / 2]
        return tuple(sorted(speaking, key=lambda m: (-strength[m], list(Modality).index(m))))


def _found(terms: Iterable[Term], held: frozenset[str]) -> dict[Term, float]:
    """The terms that a text has, and what each counts there."""
    return {term: weight for term in terms if (weight := term.weight_in(held))}


def _by_itself(scored: Scored) -> Scored:
    """One of the two is all that was looked at."""
    value = scored.cosine if scored.cosines else scored.coverage
    return scored.model_copy(update={"score": round(min(1.0, max(0.0, value)), 4), "merit": round(value, 4)})


def _halves(scored: Sequence[Scored]) -> tuple[Half, Half]:
    """The lists of words and those of vectors."""
    words = {s.document.document_id: s.coverages for s in scored}
    vectors = {s.document.document_id: s.cosines for s in scored}
    return (
        [_list_of(words, m, weight) for signal, weight in LIST_WEIGHTS.items() for m in signal.words_of],
        [_list_of(vectors, m, weight) for signal, weight in LIST_WEIGHTS.items() for m in signal.vectors_of],
    )


def _list_of(known: Mapping[str, Mapping[Modality, float]], modality: Modality, weight: float) -> SignalList:
    """Of the segments of which the signal says something."""
    return SignalList(weight, {i: scores[modality] for i, scores in known.items() if modality in scores})
