"""Which quotes answer a question, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.answers.domain.answer_type import AnswerType, holds
from cinedex.answers.domain.question import Question
from cinedex.answers.domain.quote import SOURCE_WEIGHTS, Quote
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.text.tokens import stems
from cinedex.search.domain.query.query import Term
from cinedex.search.domain.ranking.confidence import WORDS_ONLY, calibration_of
from cinedex.search.domain.ranking.idf import IdfWeights
from cinedex.search.domain.ranking.similarity import cosine
from cinedex.search.ports.text_embedder import TextEmbedder

OWN_SHARE = 0.85
SEGMENT_WORD_WEIGHT = 0.4
ASKED_FOR_BONUS, NOT_ASKED_FOR = 1.1, 0.8
YES_OR_NO_COVERAGE_MIN = 0.6


@dataclass(frozen=True)
class ScoreQuotes:
    """A quote counts for itself, and a little for the segment around it, which may hold the other half."""

    embedder: TextEmbedder

    def __call__(self, question: Question, quotes: Sequence[Quote]) -> list[tuple[float, Quote]]:
        """Quotes that can be an answer with their confidence in [0, 1], best first."""
        if not quotes:
            return []
        model, cosines = self._cosines(question, quotes)
        calibration = calibration_of(model) if model else WORDS_ONLY
        texts = [stems(quote.text) for quote in quotes]
        rarity = IdfWeights(question.query.terms, texts)
        judged: list[tuple[float, Quote]] = []
        for quote, text, near in zip(quotes, texts, cosines, strict=True):
            if _is_an_answer(question, quote, rarity.coverage(_found(question.query.terms, text))):
                coverage = rarity.coverage(_found(question.query.terms, text, quote.segment_stems))
                own = calibration.confidence(near, coverage)
                judged.append((_weighed(question, quote, own), quote))
        return sorted(judged, key=lambda pair: (-pair[0], pair[1].video_id, pair[1].span.start_s))

    def _cosines(self, question: Question, quotes: Sequence[Quote]) -> tuple[str | None, list[float]]:
        try:
            embedded = self.embedder.embed([question.text, *(quote.text for quote in quotes)])
        except Unavailable:
            return None, [0.0] * len(quotes)
        asked, *found = embedded.vectors
        return embedded.model, [cosine(asked, vector) for vector in found]


def _found(terms: Sequence[Term], text: frozenset[str], around: frozenset[str] = frozenset()) -> dict[Term, float]:
    """ "She commanded it in 1999" does not say who or what: words of the segment around count a little."""
    nearby = {term: SEGMENT_WORD_WEIGHT for term in terms if term.is_in(around)}
    return nearby | {term: 1.0 for term in terms if term.is_in(text)}


def _is_an_answer(question: Question, quote: Quote, coverage: float) -> bool:
    if question.shape is AnswerType.YES_OR_NO and coverage < YES_OR_NO_COVERAGE_MIN:
        return False
    named = question.shape is AnswerType.NAME and holds(quote.segment_text, AnswerType.NAME)
    return named or holds(quote.text, question.shape)


def _weighed(question: Question, quote: Quote, own: float) -> float:
    asked_for = 1.0
    if question.sources:
        asked_for = ASKED_FOR_BONUS if quote.source in question.sources else NOT_ASKED_FOR
    confidence = OWN_SHARE * own + (1 - OWN_SHARE) * quote.segment.score
    return min(1.0, confidence * SOURCE_WEIGHTS[quote.source] * asked_for)
