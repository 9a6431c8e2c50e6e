"""Select the few quotes that answer a question, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cinedex.answers.domain.english.question import Question
from cinedex.answers.domain.quote import SOURCE_WEIGHTS, Quote
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.extract_quotes import TIMED, ExtractQuotes
from cinedex.answers.usecases.extractive.score_quotes import ScoreQuotes
from cinedex.kernel.text.tokens import words
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments
from cinedex.timeline.modality import Modality

SEGMENTS_MAX = 8
QUOTES_SCORED_MAX = 64
QUOTES_MAX = 3
OVERVIEW_MAX = 5
DOCUMENTS_MAX = 20
"""More than are shown, because some may be of videos that have left the scope."""
ANSWER_FLOOR = 0.45
ANSWER_SHARE_OF_BEST = 0.85
OVERVIEW_MODALITIES = (Modality.CAPTION, Modality.SPEECH, Modality.SUBTITLE)


class SelectedQuotes(NamedTuple):
    """`degraded` when the search store or the text model was not available."""

    quotes: Sequence[Quote]
    degraded: bool = False


@dataclass(frozen=True)
class SelectEvidence:
    index: SegmentIndex
    retrieve_segments: RetrieveSegments
    extract_quotes: ExtractQuotes
    score_quotes: ScoreQuotes

    def __call__(self, library: ScopedLibrary, question: Question, fresh: Sequence[Quote] = ()) -> SelectedQuotes:
        """Best first; in order of time when the question has no subject.

        `fresh` is evidence of a frame analysis, in addition to the stored evidence.
        """
        if library.scope.is_empty or not tuple(words(question.text)):
            return SelectedQuotes([])
        if not question.has_subject:
            return SelectedQuotes(self._overview(library, question, fresh))
        retrieved = self.retrieve_segments(question.query, library.scope)
        quotes = [*fresh, *self._quotes(library, library.present(retrieved.scored, SEGMENTS_MAX))]
        scored = self.score_quotes(question, quotes[:QUOTES_SCORED_MAX])
        lowest = max(ANSWER_FLOOR, ANSWER_SHARE_OF_BEST * scored[0][0]) if scored else 1.0
        best = _distinct([quote for confidence, quote in scored if confidence >= lowest])
        return SelectedQuotes(best[:QUOTES_MAX], retrieved.degraded)

    def _overview(self, library: ScopedLibrary, question: Question, fresh: Sequence[Quote]) -> list[Quote]:
        """The first evidence of the requested kind; fresh evidence replaces the stored evidence of its video."""
        for modality in _fresh_first(question.sources or OVERVIEW_MODALITIES, fresh):
            current = [quote for quote in fresh if quote.source is modality]
            replaced = {quote.video_id for quote in current}
            stored = [q for q in self._stored(library, modality) if q.video_id not in replaced]
            if current or stored:
                return [*current, *stored][:OVERVIEW_MAX]
        return []

    def _stored(self, library: ScopedLibrary, modality: Modality) -> list[Quote]:
        documents = self.index.documents(library.scope.segments((modality,)), DOCUMENTS_MAX)
        segments = library.present([_unscored(document, modality) for document in documents], OVERVIEW_MAX)
        if modality in TIMED:
            return self._quotes(library, segments)
        return [_whole(segment, modality) for segment in segments]

    def _quotes(self, library: ScopedLibrary, segments: Sequence[ScoredSegment]) -> list[Quote]:
        video_ids = [segment.document.video_id for segment in segments]
        return self.extract_quotes(segments, library.videos(video_ids), library.parts(video_ids))


def _fresh_first(kinds: Sequence[Modality], fresh: Sequence[Quote]) -> list[Modality]:
    available = {quote.source for quote in fresh}
    return sorted(kinds, key=lambda kind: kind not in available)


def _unscored(document: SegmentDocument, modality: Modality) -> ScoredSegment:
    texts = {modality: document.texts[modality]}
    return ScoredSegment(document=document.model_copy(update={"texts": texts}), score=0.0, matched=(modality,))


def _whole(segment: ScoredSegment, modality: Modality) -> Quote:
    document = segment.document
    return Quote(segment=segment, span=document.span, text=document.texts[modality], source=modality)


def _distinct(quotes: Sequence[Quote]) -> list[Quote]:
    """Without quotes that repeat another one of the same video, as captions repeat speech."""
    distinct: list[Quote] = []
    for quote in sorted(quotes, key=lambda q: -SOURCE_WEIGHTS[q.source]):
        if not any(quote.repeats(other) for other in distinct):
            distinct.append(quote)
    return [quote for quote in quotes if quote in distinct]
