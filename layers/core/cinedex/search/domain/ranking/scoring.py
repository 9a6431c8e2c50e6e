"""The calibrated score of each candidate of one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cinedex.search.domain.query.query import Query, Term
from cinedex.search.domain.ranking.candidate import Candidate, ScoredSegment
from cinedex.search.domain.ranking.confidence import Calibration, calibration_of
from cinedex.search.domain.ranking.idf import IdfWeights
from cinedex.search.domain.ranking.proximity import PROXIMITY_BOOST, proximity
from cinedex.search.domain.ranking.signal import SignalModalities
from cinedex.timeline.modality import Modality

MODALITY_WEIGHTS = {
    Modality.SPEECH: 1.0,
    Modality.CAPTION: 1.0,
    Modality.SCREEN_TEXT: 1.0,
    Modality.OBJECTS: 1.0,
    Modality.METADATA: 0.5,
    Modality.SUBTITLE: 1.0,
}
"""Weight of a matched word by modality: metadata describes the whole video, not the moment."""

_PLACES = {modality: place for place, modality in enumerate(Modality)}
TermWeights = Mapping[Term, float]
"""The terms that a text contains, with the weight of each."""


class Scorer:
    """Scores the candidates of one query. `cosine_max` bounds the cosine of candidates that were not compared."""

    def __init__(
        self, query: Query, evidence: SignalModalities, candidates: Sequence[Candidate], cosine_max: float | None
    ) -> None:
        self._query = query
        self._evidence = evidence
        self._idf = IdfWeights(query.terms, [c.all_stems for c in candidates])
        self._cosine_max = cosine_max

    def score(self, candidate: Candidate) -> ScoredSegment:
        matches = {m: self._query.terms_in(stems) for m, stems in candidate.stems.items()}
        boosts = self._boosts(candidate, matches)
        coverage = self._coverage(matches) * max(boosts.values(), default=1.0)
        cosine = max(candidate.cosines.values(), default=self._cosine_max or 0.0)
        calibration = calibration_of(None if self._cosine_max is None else candidate.document.model)
        return ScoredSegment(
            document=candidate.document,
            score=round(calibration.confidence(cosine, coverage), 4),
            matched=self._matched(candidate, matches, calibration),
            cosine=cosine,
            coverage=coverage,
            coverages={m: self._idf.coverage(matches[m]) * boost for m, boost in boosts.items()},
            cosines=candidate.cosines,
        )

    def _boosts(self, candidate: Candidate, matches: Mapping[Modality, TermWeights]) -> dict[Modality, float]:
        """For each modality that contains a word of the query: 1, and more where words are adjacent."""
        matching = [m for m, terms in matches.items() if terms and m in self._evidence.words]
        texts = {m: candidate.document.texts[m] if len(matches[m]) > 1 else "" for m in matching}
        return {
            m: 1 + PROXIMITY_BOOST * MODALITY_WEIGHTS[m] * self._proximity(candidate, m, text)
            for m, text in texts.items()
        }

    def _proximity(self, candidate: Candidate, modality: Modality, text: str) -> float:
        return proximity(self._query.terms, text, candidate.document.languages_of(modality))

    def _coverage(self, matches: Mapping[Modality, TermWeights]) -> float:
        """A word counts once, by the weight of the best modality that contains it."""
        best: dict[Term, float] = {}
        for modality in self._evidence.words & matches.keys():
            for term, weight in matches[modality].items():
                best[term] = max(best.get(term, 0.0), MODALITY_WEIGHTS[modality] * weight)
        return self._idf.coverage(best)

    def _matched(
        self, candidate: Candidate, matches: Mapping[Modality, TermWeights], calibration: Calibration
    ) -> tuple[Modality, ...]:
        """Modalities with a matching word or a near vector, strongest first."""
        terms_count = max(1, len(self._query.terms))
        strength = {
            modality: calibration.confidence(candidate.cosines.get(modality, 0.0), sum(terms.values()) / terms_count)
            for modality, terms in matches.items()
            if modality in self._evidence.modalities
        }
        best = max(strength.values(), default=0.0)
        matched = [m for m, s in strength.items() if matches[m] or s > best / 2]
        return tuple(sorted(matched, key=lambda m: (-strength[m], _PLACES[m])))
