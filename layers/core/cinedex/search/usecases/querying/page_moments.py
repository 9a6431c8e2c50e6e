"""Page through a ranked list that stays the same, whatever is written or deleted in the meantime."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.ids import new_id
from cinedex.kernel.pagination import PageToken
from cinedex.kernel.span import cover
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter
from cinedex.search.domain.query.query_rewrite import Rewrite
from cinedex.search.domain.query.search_scope import SearchScope
from cinedex.search.domain.results.moment import Moment
from cinedex.search.domain.results.search_snapshot import SNAPSHOT_TTL, SearchSnapshot
from cinedex.search.ports.search_snapshots import SearchSnapshots
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.querying.check_moments import CheckedMoments, CheckMoments, Numbered

SEGMENTS_MAX = 5_000


class SnapshotToken(PageToken):
    """The rank of the last moment of the page, and the stored list in which it has that rank."""

    list_id: str
    rank: int = Field(ge=1)


@dataclass(frozen=True)
class MomentPage:
    """`moments` have no highlights yet; `videos` has the video of each."""

    moments: tuple[Moment, ...]
    videos: Mapping[str, Video]
    degraded: bool
    next_page_token: str | None
    rewrite: Rewrite | None = None


@dataclass(frozen=True)
class PageMoments:
    """A list is stored only when it has a second page, for `SNAPSHOT_TTL` after the first page."""

    index: SegmentIndex
    snapshots: SearchSnapshots
    check_moments: CheckMoments
    clock: Clock

    def first(
        self,
        account_id: str,
        request_hash: str,
        snapshot: SearchSnapshot,
        documents: Iterable[SegmentDocument],
        checked: CheckedMoments,
    ) -> MomentPage:
        """`checked` is the first page of `snapshot`."""
        by_id = {document.document_id: document for document in documents}
        moments = tuple(
            Moment.at(rank, ranked, by_id[f"{ranked.video_id}:{ranked.segment_index}"])
            for rank, ranked in checked.moments
        )
        if not checked.rest:
            return MomentPage(moments, checked.videos, snapshot.degraded, None, snapshot.rewrite)
        token = SnapshotToken(query=request_hash, list_id=new_id(), rank=len(checked.moments))
        self.snapshots.save(account_id, token.list_id, snapshot, self.clock.now() + SNAPSHOT_TTL)
        return MomentPage(moments, checked.videos, snapshot.degraded, token.pack(), snapshot.rewrite)

    def later(self, account_id: str, token: SnapshotToken, scope: SearchScope, limit: int) -> MomentPage:
        """Deleted moments are left out and their ranks stay empty. Raises `InvalidInput` when the list has expired."""
        snapshot = self.snapshots.find(account_id, token.list_id, self.clock.now())
        if snapshot is None:
            raise InvalidInput("page_token has expired. Request the first page again.", field="page_token")
        numbered = enumerate(snapshot.moments, start=1)
        checked = self.check_moments(scope, [(rank, m) for rank, m in numbered if rank > token.rank], limit)
        page = checked.moments
        following = SnapshotToken(query=token.query, list_id=token.list_id, rank=page[-1][0]) if page else None
        next_token = following.pack() if following and checked.rest else None
        moments = tuple(self._with_texts(account_id, page))
        return MomentPage(moments, checked.videos, snapshot.degraded, next_token, snapshot.rewrite)

    def _with_texts(self, account_id: str, page: Sequence[Numbered]) -> Iterator[Moment]:
        documents = {
            video_id: self._documents(account_id, video_id, page) for video_id in {m.video_id for _, m in page}
        }
        for rank, ranked in page:
            document = next((d for d in documents[ranked.video_id] if ranked.is_of(d)), None)
            if document is not None:
                yield Moment.at(rank, ranked, document)

    def _documents(self, account_id: str, video_id: str, page: Sequence[Numbered]) -> Sequence[SegmentDocument]:
        part = cover(ranked.span for _, ranked in page if ranked.video_id == video_id)
        within = SegmentFilter(account_id=account_id, video_ids=(video_id,), within=part)
        return self.index.documents(within, SEGMENTS_MAX)
