"""From a question to the few quotes that answer it, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.answers.domain.question import Question
from cinedex.answers.domain.quote import SOURCE_WEIGHTS, Quote
from cinedex.answers.usecases.extract_quotes import TIMED, ExtractQuotes
from cinedex.answers.usecases.extractive.score_quotes import ScoreQuotes
from cinedex.kernel.text.tokens import words
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.search.domain.query.search_scope import SearchScope
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments, filter_of
from cinedex.timeline.modality import Modality

SEGMENTS_MAX = 8
QUOTES_JUDGED_MAX = 64
QUOTES_MAX = 3
OVERVIEW_MAX = 5
ANSWER_FLOOR = 0.45
ANSWER_SHARE_OF_BEST = 0.85
LOOKED_AT = (Modality.CAPTION, Modality.SPEECH)


@dataclass(frozen=True)
class SelectEvidence:
    index: SegmentIndex
    retrieve_segments: RetrieveSegments
    extract_quotes: ExtractQuotes
    score_quotes: ScoreQuotes

    def __call__(
        self, account_id: str, question: Question, pool: SearchScope, looked: Sequence[Quote] = ()
    ) -> list[Quote]:
        """Best first; in order of time when the question asks for whatever there is.

        `looked` is evidence beside what is stored.
        """
        if not pool.videos or not tuple(words(question.text)):
            return []
        if not question.has_subject:
            return self._overview(account_id, question, pool, looked)
        found = self.retrieve_segments(account_id, question.query, pool)
        parts = filter_of(account_id, pool, None).parts
        quotes = [*looked, *self.extract_quotes(found.scored[:SEGMENTS_MAX], pool.videos, parts)]
        judged = self.score_quotes(question, quotes[:QUOTES_JUDGED_MAX])
        lowest = max(ANSWER_FLOOR, ANSWER_SHARE_OF_BEST * judged[0][0]) if judged else 1.0
        return _distinct([quote for confidence, quote in judged if confidence >= lowest])[:QUOTES_MAX]

    def _overview(self, account_id: str, question: Question, pool: SearchScope, looked: Sequence[Quote]) -> list[Quote]:
        """What there is of the kind asked for, from the beginning; where it was looked at now, as it was seen now."""
        for modality in _fresh_first(question.sources or LOOKED_AT, looked):
            fresh = [quote for quote in looked if quote.source is modality]
            seen_now = {quote.video_id for quote in fresh}
            stored = [q for q in self._stored(account_id, modality, pool) if q.video_id not in seen_now]
            if fresh or stored:
                return [*fresh, *stored][:OVERVIEW_MAX]
        return []

    def _stored(self, account_id: str, modality: Modality, pool: SearchScope) -> list[Quote]:
        allowed = filter_of(account_id, pool, None, (modality,))
        documents = self.index.documents(allowed, OVERVIEW_MAX)
        segments = [_unscored(document, modality) for document in documents]
        if modality in TIMED:
            return self.extract_quotes(segments, pool.videos, allowed.parts)
        return [_whole(segment, modality) for segment in segments]


def _fresh_first(kinds: Sequence[Modality], looked: Sequence[Quote]) -> list[Modality]:
    fresh = {quote.source for quote in looked}
    return sorted(kinds, key=lambda kind: kind not in fresh)


def _unscored(document: SegmentDocument, modality: Modality) -> ScoredSegment:
    texts = {modality: document.texts[modality]}
    return ScoredSegment(document=document.model_copy(update={"texts": texts}), score=0.0, matched=(modality,))


def _whole(segment: ScoredSegment, modality: Modality) -> Quote:
    document = segment.document
    return Quote(segment=segment, span=document.span, text=document.texts[modality], source=modality)


def _distinct(quotes: Sequence[Quote]) -> list[Quote]:
    """Without quotes that retell another of the same video, as captions do with speech."""
    kept: list[Quote] = []
    for quote in sorted(quotes, key=lambda q: -SOURCE_WEIGHTS[q.source]):
        if not any(_retells(quote, other) for other in kept):
            kept.append(quote)
    return [quote for quote in quotes if quote in kept]


def _retells(quote: Quote, other: Quote) -> bool:
    return quote.video_id == other.video_id and other.text.casefold().rstrip(".") in quote.text.casefold()
