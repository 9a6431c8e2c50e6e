"""Videos of an account."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.events.outbox import Outbox
from cinedex.adapters.dynamodb.items import Key
from cinedex.adapters.dynamodb.lists.accounts import StoredAccounts
from cinedex.adapters.dynamodb.lists.list_state import StoredListState
from cinedex.adapters.dynamodb.lists.video_pages import Admits, VideoListReader
from cinedex.adapters.dynamodb.lists.video_refs import VideoRefs
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.errors import StaleRevision, StateConflict, Unavailable, VideoNotFound
from cinedex.kernel.pagination import Page
from cinedex.kernel.retry import CONFLICT, Sleep
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.list_query import VideoQuery
from cinedex.library.domain.video import UploadStatus, Video


def _unfinished_since(video: Video) -> datetime | None:
    return video.created_at if video.status is UploadStatus.UPLOADING or video.in_flight else None


VIDEO = Entity(Video, keys.VIDEO, VideoNotFound, revision="revision", since=_unfinished_since)


class StoredVideos:
    """`VideoRepository`, `UnfinishedVideos` and `VideoLister`.

    One transaction writes a video, the items that list it, and the events that follow from the change. It also fails
    while another one changes the same count, and for a video that no list has yet; both are tried again. A video joins
    a collection only if the same transaction finds the collection stored: its deletion has either not begun, or it
    takes the video out again.
    """

    def __init__(
        self,
        videos: Repository[Video],
        refs: VideoRefs,
        accounts: StoredAccounts,
        state: StoredListState,
        collections: Repository[Collection],
        outbox: Outbox,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._videos, self._refs, self._accounts, self._sleep = videos, refs, accounts, sleep
        self.collections, self.outbox = collections, outbox
        self._pages = VideoListReader(videos, refs, state)

    def add(self, video: Video) -> Video:
        self._accounts.register(video.account_id)
        first = video.changed(revision=1)
        key = self._videos.entity.key(first)
        for _ in CONFLICT.attempts(f"add video {video.video_id}", self._sleep):
            listing = [*self._refs.additions(first), *self._joining(None, first)]
            events = self.outbox.changes(None, first, first.revision)
            if self._videos.write_together(self._videos.creation(first), *listing, *events):
                return first
            if self._videos.find(key) is not None:
                raise StateConflict("The video already exists.")
            self._require_joined(None, first)
        raise _busy()

    def get(self, account_id: str, video_id: str) -> Video:
        return self._videos.get(keys.video(account_id, video_id))

    def save(self, video: Video) -> Video:
        for _ in CONFLICT.attempts(f"store video {video.video_id}", self._sleep):
            before = self.get(video.account_id, video.video_id)
            if before.revision != video.revision:
                raise StaleRevision("The video was changed by another request.")
            listing = [*self._refs.changes(before, video), *self._joining(before, video)]
            events = self.outbox.changes(before, video, video.revision + 1)
            if self._write(before, self._videos.replacement(video), [*listing, *events]):
                return video.changed(revision=video.revision + 1)
            self._require_joined(before, video)
        raise _busy()

    def list(self, account_id: str) -> Sequence[Video]:
        return self._videos.list(keys.account(account_id))

    def page(
        self,
        account_id: str,
        query: VideoQuery,
        limit: int,
        cursor: str | None = None,
        admits: Admits = lambda _: True,
    ) -> Page[Video]:
        return self._pages.page(account_id, query, limit, cursor, admits)

    def count(self, account_id: str, query: VideoQuery) -> int | None:
        return self._pages.count(account_id, query)

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        return self._videos.get_many([keys.video(account_id, video_id) for video_id in video_ids])

    def delete(self, account_id: str, video_id: str) -> None:
        for _ in CONFLICT.attempts(f"delete video {video_id}", self._sleep):
            before = self._videos.find(keys.video(account_id, video_id))
            if before is None:
                return
            others = [*self._refs.removals(before), *self.outbox.removal(before)]
            if self._write(before, self._videos.deletion(before), others):
                return
        raise _busy()

    def enter(self, video: Video) -> None:
        for _ in CONFLICT.attempts(f"list video {video.video_id}", self._sleep):
            stored = self._videos.find(self._videos.entity.key(video))
            if stored is None or self._enter(stored):
                return
        raise _busy()

    def list_uploading(self) -> Sequence[Video]:
        return [v for v in self._videos.list_unfinished() if v.status is UploadStatus.UPLOADING]

    def list_in_flight(self) -> Sequence[Video]:
        return [v for v in self._videos.list_unfinished() if v.in_flight]

    def _write(self, before: Video, write: Any, others: Sequence[Any]) -> bool:
        if self._videos.write_together(write, *others):
            return True
        self._enter(before)
        return False

    def _joining(self, before: Video | None, after: Video) -> Sequence[Any]:
        """The condition that the collection exists into which the change brings the video."""
        joined = _joined(before, after)
        return [] if joined is None else [self.collections.existing(joined)]

    def _require_joined(self, before: Video | None, after: Video) -> None:
        """Reads the collection, which may have 64 KB, only after a transaction has failed; raises its `NotFound`."""
        joined = _joined(before, after)
        if joined is not None:
            self.collections.get(joined)

    def _enter(self, video: Video) -> bool:
        """False if the video or a count is changed at the same time."""
        if self._refs.has(video):
            return True
        self._accounts.register(video.account_id)
        return self._videos.write_together(self._videos.unchanged(video), *self._refs.additions(video))


def _joined(before: Video | None, after: Video) -> Key | None:
    """The key of the collection into which the change brings the video."""
    joined = after.collection_id
    if not joined or (before is not None and before.collection_id == joined):
        return None
    return keys.collection(after.account_id, joined)


def _busy() -> Unavailable:
    return Unavailable(f"The video was changed by other requests in {CONFLICT.attempts_max} attempts. Try again.")
