"""Page through one ranked list that stays as it was, whatever is written or deleted meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.ids import new_id
from cinedex.kernel.pagination import PageToken
from cinedex.kernel.span import cover
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter
from cinedex.search.domain.query.query_rewrite import Rewrite
from cinedex.search.domain.results.search_snapshot import KEPT_FOR, RankedMoment, SearchSnapshot
from cinedex.search.ports.search_snapshots import SearchSnapshots
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.querying.resolve_scope import SearchScope

SEGMENTS_MAX = 5_000

Ranked = tuple[int, RankedMoment, SegmentDocument]
"""A moment with its rank, and the segment that speaks for it."""


@dataclass(frozen=True)
class MomentPage:
    moments: tuple[Ranked, ...]
    degraded: bool
    next_page_token: str | None
    rewrite: Rewrite | None = None


@dataclass(frozen=True)
class PageMoments:
    """Only a list that has a second page is kept, for `KEPT_FOR` from its first page on."""

    index: SegmentIndex
    lists: SearchSnapshots
    clock: Clock

    def first(
        self, account_id: str, question: str, ranked: SearchSnapshot, documents: Iterable[SegmentDocument], limit: int
    ) -> MomentPage:
        known = {document.document_id: document for document in documents}
        given = [
            (rank, moment, known[f"{moment.video_id}:{moment.segment_index}"])
            for rank, moment in enumerate(ranked.moments[:limit], start=1)
        ]
        if len(ranked.moments) <= limit:
            return MomentPage(tuple(given), ranked.degraded, None, ranked.rewrite)
        token = PageToken(question=question, list_id=new_id(), rank=limit)
        self.lists.keep(account_id, token.list_id, ranked, self.clock.now() + KEPT_FOR)
        return MomentPage(tuple(given), ranked.degraded, token.pack(), ranked.rewrite)

    def later(self, account_id: str, token: PageToken, pool: SearchScope, limit: int) -> MomentPage:
        """What is gone is left out and leaves its rank empty. Raises `InvalidInput` when the list has expired."""
        ranked = self.lists.find(account_id, token.list_id, self.clock.now())
        if ranked is None:
            raise InvalidInput("page_token has expired; ask for the first page again.", field="page_token")
        rest = [(r, m) for r, m in enumerate(ranked.moments, start=1) if r > token.rank and m.video_id in pool.videos]
        given = rest[:limit]
        following = PageToken(question=token.question, list_id=token.list_id, rank=given[-1][0]) if given else None
        more = following.pack() if following and len(rest) > limit else None
        return MomentPage(tuple(self._with_segments(account_id, given)), ranked.degraded, more, ranked.rewrite)

    def _with_segments(self, account_id: str, given: Sequence[tuple[int, RankedMoment]]) -> Iterator[Ranked]:
        documents = {video_id: self._of(account_id, video_id, given) for video_id in {m.video_id for _, m in given}}
        for rank, moment in given:
            document = next((d for d in documents[moment.video_id] if moment.is_of(d)), None)
            if document is not None:
                yield rank, moment, document

    def _of(
        self, account_id: str, video_id: str, given: Sequence[tuple[int, RankedMoment]]
    ) -> Sequence[SegmentDocument]:
        part = cover(moment.span for _, moment in given if moment.video_id == video_id)
        within = SegmentFilter(account_id=account_id, video_ids=(video_id,), within=part)
        return self.index.documents(within, SEGMENTS_MAX)
