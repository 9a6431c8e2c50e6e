"""Find the moments of a library that answer a query, best first, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.domain.confidence import cutoff
from cinedex.domain.errors import InvalidInput
from cinedex.domain.fusion import Scored
from cinedex.domain.highlight import mark_literal, mark_words, sentences
from cinedex.domain.moment import Modality, Moment, SegmentDocument
from cinedex.domain.page_token import PageToken
from cinedex.domain.query import Query
from cinedex.domain.query_reading import QueryReading
from cinedex.ports.moment_index import MomentIndex
from cinedex.usecases.find_moments import FindMoments, filter_of
from cinedex.usecases.narrow_pool import narrow_pool
from cinedex.usecases.resolve_pool import Pool, ResolvePool
from cinedex.usecases.search_request import SearchRequest, SearchResults, Strategy
from cinedex.usecases.sharpen_ranking import SharpenRanking
from cinedex.usecases.write_report import write_report

LITERAL_MAX = 5_000
HIGHLIGHTS_MAX = 3


@dataclass(frozen=True)
class SearchMoments:
    resolve_pool: ResolvePool
    index: MomentIndex
    find_moments: FindMoments
    sharpen_ranking: SharpenRanking

    def __call__(self, request: SearchRequest) -> SearchResults:
        """Raises `InvalidInput` for an empty query or a foreign token, `Unavailable` without an index."""
        if not request.literal:
            raise InvalidInput("query must not be empty.", param="query")
        reading = request.understood() or QueryReading(text=request.query)
        token = PageToken.unpack(request.page_token, request.fingerprint) if request.page_token else None
        pool = self.resolve_pool(request.account_id, request.scope, request.features)
        literal = request.strategy is Strategy.TEXT
        scored, degraded = self._literal(request, pool) if literal else self._semantic(request, reading, pool)
        return _page(request, reading, pool, scored, token, degraded)

    def _literal(self, request: SearchRequest, pool: Pool) -> tuple[Sequence[Scored], bool]:
        modalities = tuple(m for field in request.fields for m in field.modalities)
        if not pool.videos or not modalities:
            return (), False
        allowed = filter_of(request.account_id, pool, request.scope.within, modalities)
        found = self.index.search_literal(request.literal, allowed, LITERAL_MAX)
        return [_certain(request, document, modalities) for document in found], False

    def _semantic(self, request: SearchRequest, reading: QueryReading, pool: Pool) -> tuple[Sequence[Scored], bool]:
        query = Query(text=reading.text)
        found = self.find_moments(request.account_id, query, narrow_pool(pool, reading), request.scope.within)
        allowed = [s for s in found.scored if not any(n.is_held_by(s.document.texts) for n in reading.negations)]
        scored = self.sharpen_ranking(query, allowed) if request.rerank else allowed
        lowest = cutoff(request.threshold, scored[0].score if scored else 0.0)
        return [s for s in scored if s.score >= lowest], found.degraded


def _certain(request: SearchRequest, document: SegmentDocument, modalities: tuple[Modality, ...]) -> Scored:
    literal = request.literal.lower()
    holding = tuple(m for m in modalities if literal in document.texts.get(m, "").lower())
    return Scored(document=document, score=1.0, matched=holding)


def _page(
    request: SearchRequest,
    reading: QueryReading,
    pool: Pool,
    scored: Sequence[Scored],
    token: PageToken | None,
    degraded: bool,
) -> SearchResults:
    rest = [s for s in scored if token is None or s.order > token.order]
    given, before = rest[: request.page_limit], token.rank if token else 0
    moments = [_moment(request, reading, s, before + place) for place, s in enumerate(given, start=1)]
    reported = request.include_report and request.strategy is Strategy.SEMANTIC
    return SearchResults(
        moments=tuple(moments),
        videos={m.video_id: pool.videos[m.video_id] for m in moments},
        next_page_token=_token_behind(request, moments) if len(rest) > len(given) else None,
        report=write_report(request.query, moments, pool.videos) if reported else None,
        pool_video_count=len(pool.videos),
        pool_duration_s=round(pool.total_duration_s, 3),
        degraded=degraded,
        understood=request.understood(),
    )


def _moment(request: SearchRequest, reading: QueryReading, scored: Scored, rank: int) -> Moment:
    document = scored.document
    return Moment(
        video_id=document.video_id,
        segment_index=document.segment_index,
        span=document.span,
        score=scored.score,
        rank=rank,
        matched=scored.matched,
        texts=document.texts,
        highlights=_highlights(request, reading, scored),
    )


def _highlights(request: SearchRequest, reading: QueryReading, scored: Scored) -> tuple[str, ...]:
    query = Query(text=reading.text)
    texts = (scored.document.texts.get(m, "") for m in scored.matched)
    if request.strategy is Strategy.TEXT:
        marked = [mark_literal(text, request.literal) for text in texts]
    else:
        marked = [mark_words(sentence, query) for text in texts for sentence in sentences(text)]
    return tuple(dict.fromkeys(m for m in marked if m))[:HIGHLIGHTS_MAX]


def _token_behind(request: SearchRequest, moments: Sequence[Moment]) -> str:
    last = moments[-1]
    return PageToken(
        question=request.fingerprint,
        rank=last.rank,
        score=last.score,
        video_id=last.video_id,
        segment_index=last.segment_index,
    ).pack()
