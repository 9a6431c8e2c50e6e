"""Read videos: one, several, or a page of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cinedex.kernel.fingerprint import fingerprint
from cinedex.kernel.pagination import ListPage, cursor_of, invalid_token, token_of
from cinedex.library.domain.list_query import PAGE_LIMIT_MAX, VideoQuery
from cinedex.library.domain.video import UploadStatus, Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.repositories import VideoRepository

CHUNK = 100


@dataclass(frozen=True)
class ReadVideos:
    videos: VideoRepository
    store: MediaStore

    def get(self, account_id: str, video_id: str) -> Video:
        """Raises `NotFound`."""
        return self.videos.get(account_id, video_id)

    def requested(
        self,
        account_id: str,
        video_ids: Sequence[str],
        query: VideoQuery,
        limit: int = PAGE_LIMIT_MAX,
        token: str | None = None,
        admits: Callable[[Video], bool] = lambda _: True,
    ) -> ListPage[Video]:
        """Those that exist and match, in the order of `video_ids`, in pages like those of a list."""
        question, ids = fingerprint(query.fingerprint, *video_ids)[:24], list(dict.fromkeys(video_ids))
        shown: list[Video] = []
        for first in range(_position(cursor_of(token, question)), len(ids), CHUNK):
            chunk = ids[first : first + CHUNK]
            stored = {video.video_id: video for video in self.videos.get_many(account_id, chunk)}
            for position, video_id in enumerate(chunk, start=first):
                video = stored.get(video_id)
                if video is None or not query.matches(video):
                    continue
                if len(shown) == limit or not admits(video):
                    return ListPage(shown, token_of(str(position), question))
                shown.append(video)
        return ListPage(shown, None)

    def page(
        self,
        account_id: str,
        query: VideoQuery,
        limit: int = PAGE_LIMIT_MAX,
        token: str | None = None,
        admits: Callable[[Video], bool] = lambda _: True,
    ) -> ListPage[Video]:
        """The page ends early before a video that `admits` refuses. Raises `InvalidInput` for an invalid token."""
        cursor = cursor_of(token, query.fingerprint)
        page = self.videos.page(account_id, query, limit, cursor, admits)
        total = self.videos.count(account_id, query)
        return ListPage(page.items, token_of(page.next_cursor, query.fingerprint), total)

    def url_of(self, video: Video) -> str | None:
        """A download URL that expires after hours; None until the file is uploaded."""
        return self.store.download_url(video.media) if video.status is UploadStatus.UPLOADED else None

    def urls_of(self, account_id: str, video_ids: Sequence[str]) -> dict[str, str | None]:
        """The URLs of those videos that exist."""
        videos = self.videos.get_many(account_id, list(dict.fromkeys(video_ids)))
        return {video.video_id: self.url_of(video) for video in videos}


def _position(cursor: str | None) -> int:
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal()):
        raise invalid_token()
    return int(cursor or 0)
