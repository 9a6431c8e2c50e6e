"""The ports of stored videos and collections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cinedex.kernel.pagination import Page
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.list_query import CollectionQuery, VideoQuery
from cinedex.library.domain.video import Video


class VideoRepository(Protocol):
    def add(self, video: Video) -> Video:
        """Store a new video; raises `StateConflict` when the id is taken."""

    def get(self, account_id: str, video_id: str) -> Video:
        """Raises `NotFound`, also for a video of another account."""

    def save(self, video: Video) -> Video:
        """Store over the revision that was read and return the next one; raises `StaleRevision`.

        Raises `NotFound` when the video was deleted meanwhile.
        """

    def list(self, account_id: str) -> Sequence[Video]:
        """Newest first. Reads the whole account; requests read pages."""

    def page(
        self,
        account_id: str,
        query: VideoQuery,
        limit: int,
        cursor: str | None = None,
        admits: Callable[[Video], bool] = ...,
    ) -> Page[Video]:
        """Ends after `limit` videos, before one that `admits` refuses, and after `READ_MAX` videos were read.

        Therefore a page that is not the last may have fewer videos than `limit`, or none. `admits` is called once for
        each video of the page. Raises `Unavailable` for an order that is not prepared yet.
        """

    def count(self, account_id: str, query: VideoQuery) -> int | None:
        """How many videos the query selects; None for a query that has no count."""

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        """The videos that exist, in the order of `video_ids`."""

    def delete(self, account_id: str, video_id: str) -> None:
        """No error when it does not exist."""


class CollectionRepository(Protocol):
    """Names are unique in an account, without case."""

    def add(self, collection: Collection) -> Collection:
        """Raises `CollectionNameTaken`."""

    def get(self, account_id: str, collection_id: str) -> Collection:
        """Raises `NotFound`."""

    def save(self, collection: Collection) -> Collection:
        """Store over the revision that was read and return the next one; raises `StaleRevision`.

        Raises `NotFound` when it was deleted meanwhile, and `CollectionNameTaken`.
        """

    def get_many(self, account_id: str, collection_ids: Sequence[str]) -> Sequence[Collection]:
        """The collections that exist, in the order of `collection_ids`."""

    def page(
        self,
        account_id: str,
        query: CollectionQuery,
        limit: int,
        cursor: str | None = None,
        admits: Callable[[Collection], bool] = ...,
    ) -> Page[Collection]:
        """Like a page of videos."""

    def count(self, account_id: str) -> int | None:
        """None while the collections are not counted yet."""

    def delete(self, account_id: str, collection_id: str) -> None: ...


class UnfinishedVideos(Protocol):
    """Both lists are of all accounts, oldest first, and eventually consistent."""

    def list_uploading(self) -> Sequence[Video]:
        """Videos whose file is not probed yet."""

    def list_in_flight(self) -> Sequence[Video]:
        """Videos of which a feature is pending or processing."""
