"""Pages of the videos of an account, read through the list that has the fewest other videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.lists import list_keys
from cinedex.adapters.dynamodb.lists.list_state import StoredListState
from cinedex.adapters.dynamodb.lists.video_refs import VideoList, VideoRef, VideoRefs, count_of
from cinedex.adapters.dynamodb.repository import EVERYTHING, Repository
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.pagination import Page
from cinedex.library.domain.list_query import READ_MAX, DateRange, VideoQuery
from cinedex.library.domain.video import Video

Admits = Callable[[Video], bool]
Positions = tuple[Sequence[tuple[str, Video | None]], str | None]
CHUNK_MAX = 100
CLOCK_TOLERANCE = timedelta(minutes=1)
"""A video is stored as created a moment after the time in its id."""


@dataclass(frozen=True)
class Walk:
    """One list: its partition, the range of its sort keys, and their order. Without a `kind`, the videos themselves."""

    kind: VideoList | None
    partition: str
    between: tuple[str, str]
    newest_first: bool


@dataclass(frozen=True)
class VideoListReader:
    videos: Repository[Video]
    refs: VideoRefs
    state: StoredListState

    def page(self, account_id: str, query: VideoQuery, limit: int, cursor: str | None, admits: Admits) -> Page[Video]:
        """Ends after `limit` videos, before one that `admits` refuses, and after `READ_MAX` videos were read."""
        shown: list[Video] = []
        read, last = 0, None
        for position, video in self._positions(self._walk(account_id, query), limit, cursor):
            is_match = video is not None and query.matches(video)
            if len(shown) == limit or read == READ_MAX or (is_match and video is not None and not admits(video)):
                return Page(shown, last)
            read, last = read + 1, position
            if is_match and video is not None:
                shown.append(video)
        return Page(shown, None)

    def count(self, account_id: str, query: VideoQuery) -> int | None:
        """None for a query that has no count."""
        counted = query.counted_by
        if counted is None or not self.state.is_done:
            return None
        return self.refs.counts.read(account_id, count_of(*counted))

    def _walk(self, account_id: str, query: VideoQuery) -> Walk:
        kind = self._kind(query)
        between = _times(query.created)
        if kind is None:
            return Walk(None, keys.account(account_id), between, query.order.is_descending)
        if kind is VideoList.BY_NAME:
            between = (query.folded_name, query.folded_name + list_keys.LAST_NAME)
        example = VideoRef(
            account_id=account_id,
            video_id="",
            status=query.status,
            folded_name="",
            collection_id=query.collection_id,
        )
        partition = self.refs.repositories[kind].entity.key(example).pk
        return Walk(kind, partition, between, query.order.is_descending)

    def _kind(self, query: VideoQuery) -> VideoList | None:
        if query.order.is_by_name:
            if not self.state.is_done:
                raise Unavailable("The lists by name are being prepared. Try again later, or sort by created_at.")
            return VideoList.BY_NAME
        if not self.state.is_done:
            return None
        if query.collection_id:
            return VideoList.OF_COLLECTION
        return VideoList.BY_STATUS if query.status is not None else None

    def _positions(self, walk: Walk, limit: int, cursor: str | None) -> Iterator[tuple[str, Video | None]]:
        """Each position of the list with its video; None for one that was deleted just now."""
        chunk = min(limit + 1, CHUNK_MAX)
        while True:
            positions, cursor = self._chunk(walk, chunk, cursor)
            yield from positions
            if cursor is None:
                return
            chunk = CHUNK_MAX

    def _chunk(self, walk: Walk, size: int, cursor: str | None) -> Positions:
        newest_first, between = walk.newest_first, walk.between
        if walk.kind is None:
            page = self.videos.page(walk.partition, size, cursor, newest_first=newest_first, between=between)
            return [(self.videos.entity.cursor(v), v) for v in page.items], page.next_cursor
        refs = self.refs.repositories[walk.kind]
        listed = refs.page(walk.partition, size, cursor, newest_first=newest_first, between=between)
        stored = self.videos.get_many([keys.video(ref.account_id, ref.video_id) for ref in listed.items])
        by_id = {video.video_id: video for video in stored}
        return [(refs.entity.cursor(ref), by_id.get(ref.video_id)) for ref in listed.items], listed.next_cursor


def _times(created: DateRange) -> tuple[str, str]:
    """A range of ids, which begin with the time in milliseconds (RFC 9562, 5.7)."""
    low = _first_id(created.since - CLOCK_TOLERANCE) if created.since else EVERYTHING[0]
    high = _first_id(created.until + CLOCK_TOLERANCE) if created.until else EVERYTHING[1]
    return low, high


def _first_id(time: datetime) -> str:
    milliseconds = f"{max(0, round(time.timestamp() * 1000)):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"
