"""Store the video of a dropped file, in the collection that its first folder names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from cinedex.imports.domain.drop_key import DropFile
from cinedex.imports.domain.rejection import Rejection
from cinedex.kernel.errors import CollectionNameTaken, NotFound, StateConflict, Unavailable
from cinedex.kernel.ids import time_of_id
from cinedex.kernel.retry import CONFLICT, LastError
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.folded_name import folded_name
from cinedex.library.domain.list_query import PAGE_LIMIT_MAX, CollectionQuery, Sort
from cinedex.library.domain.object_keys import safe_filename
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.user_metadata import TEXT_CHARS_MAX
from cinedex.library.domain.video import StoredMedia, Video
from cinedex.library.ports.repositories import CollectionRepository, VideoRepository
from cinedex.library.usecases.manage_collections import ManageCollections
from cinedex.library.usecases.update_with_retry import update_with_retry

PATH = "path"


@dataclass(frozen=True)
class FindCollection:
    """The collection of a name, without case. It is created at first sight; of requests that race, one creates it."""

    collections: CollectionRepository
    manage: ManageCollections

    def __call__(self, account_id: str, name: str) -> str:
        last = LastError()
        for _ in CONFLICT.attempts(f"find the collection {name!r}", self.manage.sleep, last):
            found = self._find(account_id, name)
            if found is not None:
                return found
            try:
                return self.manage.create(account_id, name, {}).collection_id
            except CollectionNameTaken as error:
                last.error = error
        raise Unavailable(f"The group {name!r} was created and deleted in every attempt.")

    def _find(self, account_id: str, name: str) -> str | None:
        """Names are listed in their order, so that the name itself is before the names that it begins."""
        try:
            listed: Iterable[Collection] = self.collections.page(account_id, CollectionQuery(name=name), 1).items
        except Unavailable:  # after an update from a version without lists, until they are filled
            listed = self._walk(account_id, CollectionQuery(name=name, sort=Sort.NEWEST_FIRST))
        return next((c.collection_id for c in listed if folded_name(c.name) == folded_name(name)), None)

    def _walk(self, account_id: str, query: CollectionQuery) -> Iterator[Collection]:
        cursor: str | None = None
        while True:
            page = self.collections.page(account_id, query, PAGE_LIMIT_MAX, cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return


@dataclass(frozen=True)
class StoreDroppedVideo:
    """The video is stored as `uploaded` at once, because its file is there and was probed."""

    videos: VideoRepository
    collection: FindCollection

    def __call__(self, file: DropFile, video_id: str, media: StoredMedia, probe: Probe) -> Video:
        """A stored video keeps what a client has changed; another file resets its features."""
        if not self.exists(file.account_id, video_id):
            with suppress(StateConflict):  # another process has just stored it
                return self.videos.add(self._video(file, video_id, media).uploaded(media, probe))
        return update_with_retry(
            self.videos,
            file.account_id,
            video_id,
            lambda v: v if _is_up_to_date(v, media) else v.uploaded(media, probe),
        )

    def exists(self, account_id: str, video_id: str) -> bool:
        return bool(self.videos.get_many(account_id, [video_id]))

    def reject(self, account_id: str, video_id: str, media: StoredMedia, rejection: Rejection) -> None:
        with suppress(NotFound):
            update_with_retry(
                self.videos, account_id, video_id, lambda v: v.rejected(rejection.code, rejection.reason, media)
            )

    def _video(self, file: DropFile, video_id: str, media: StoredMedia) -> Video:
        path = file.folder_path[:TEXT_CHARS_MAX]
        return Video(
            video_id=video_id,
            account_id=file.account_id,
            media=media,
            created_at=time_of_id(video_id),
            name=safe_filename(file.filename),
            collection_id=self.collection(file.account_id, file.collection_name),
            user_metadata={PATH: path} if path else {},
        )


def _is_up_to_date(video: Video, media: StoredMedia) -> bool:
    return video.probe is not None and video.error is None and video.media.etag == media.etag
