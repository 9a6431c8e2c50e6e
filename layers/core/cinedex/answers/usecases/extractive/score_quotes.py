"""Score quotes by the confidence that they answer a question."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.answers.domain.english.answer_type import AnswerType, contains_answer
from cinedex.answers.domain.english.question import Question
from cinedex.answers.domain.quote import SOURCE_WEIGHTS, Quote
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.search.domain.query.query import Query, Term
from cinedex.search.domain.ranking.confidence import WORDS_ONLY, calibration_of
from cinedex.search.domain.ranking.idf import IdfWeights
from cinedex.search.domain.ranking.similarity import cosine
from cinedex.search.ports.text_embedder import TextEmbedder

logger = logging.getLogger(__name__)

OWN_SHARE = 0.85
SEGMENT_WORD_WEIGHT = 0.4
PREFERRED_SOURCE_WEIGHT, OTHER_SOURCE_WEIGHT = 1.1, 0.8
YES_OR_NO_COVERAGE_MIN = 0.6


@dataclass(frozen=True)
class ScoreQuotes:
    """A quote is scored by its own text and, with less weight, by the segment around it."""

    embedder: TextEmbedder

    def __call__(self, question: Question, quotes: Sequence[Quote]) -> list[tuple[float, Quote]]:
        """Quotes of the expected answer type with their confidence in [0, 1], best first."""
        if not quotes:
            return []
        model, cosines = self._cosines(question, quotes)
        calibration = calibration_of(model) if model else WORDS_ONLY
        texts = [quote.stems for quote in quotes]
        query = question.query.in_languages(code for quote in quotes for code in quote.segment.document.all_languages)
        idf = IdfWeights(query.terms, texts)
        scored: list[tuple[float, Quote]] = []
        for quote, text, near in zip(quotes, texts, cosines, strict=True):
            if _has_answer_type(question, quote, idf.coverage(_matching_terms(query, text))):
                coverage = idf.coverage(_matching_terms(query, text, quote.segment_stems))
                own = calibration.confidence(near, coverage)
                scored.append((_weighted(question, quote, own), quote))
        return sorted(scored, key=lambda pair: (-pair[0], pair[1].video_id, pair[1].span.start_s))

    def _cosines(self, question: Question, quotes: Sequence[Quote]) -> tuple[str | None, list[float]]:
        try:
            embedded = self.embedder.embed([question.text, *(quote.text for quote in quotes)])
        except Unavailable as error:
            logger.warning("the text model failed, quotes are scored by terms only", extra=log_fields(error))
            return None, [0.0] * len(quotes)
        question_vector, *vectors = embedded.vectors
        return embedded.model, [cosine(question_vector, vector) for vector in vectors]


def _matching_terms(query: Query, text: frozenset[str], around: frozenset[str] = frozenset()) -> dict[Term, float]:
    """ "She commanded it in 1999" lacks its subject: words of the surrounding segment count with less weight."""
    nearby = {term: SEGMENT_WORD_WEIGHT for term in query.terms_in(around) if term.is_in(around)}
    return nearby | {term: 1.0 for term in query.terms_in(text) if term.is_in(text)}


def _has_answer_type(question: Question, quote: Quote, coverage: float) -> bool:
    if question.answer_type is AnswerType.YES_OR_NO and coverage < YES_OR_NO_COVERAGE_MIN:
        return False
    is_named = question.answer_type is AnswerType.NAME and contains_answer(quote.segment_text, AnswerType.NAME)
    return is_named or contains_answer(quote.text, question.answer_type)


def _weighted(question: Question, quote: Quote, own: float) -> float:
    preference = 1.0
    if question.sources:
        preference = PREFERRED_SOURCE_WEIGHT if quote.source in question.sources else OTHER_SOURCE_WEIGHT
    confidence = OWN_SHARE * own + (1 - OWN_SHARE) * quote.segment.score
    return min(1.0, confidence * SOURCE_WEIGHTS[quote.source] * preference)
