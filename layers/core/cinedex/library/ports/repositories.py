"""The ports of stored videos and collections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.library.domain.collection import Collection
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
        """Newest first."""

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        """The videos that exist, in the order of `video_ids`."""

    def delete(self, account_id: str, video_id: str) -> None:
        """No error when it does not exist."""


class CollectionRepository(Protocol):
    def add(self, collection: Collection) -> Collection: ...

    def get(self, account_id: str, collection_id: str) -> Collection:
        """Raises `NotFound`."""

    def save(self, collection: Collection) -> Collection:
        """Raises `NotFound` when it was deleted meanwhile."""

    def list(self, account_id: str) -> Sequence[Collection]:
        """Newest first."""

    def delete(self, account_id: str, collection_id: str) -> None: ...


class UnfinishedVideos(Protocol):
    """Both lists are of all accounts, oldest first, and eventually consistent."""

    def list_uploading(self) -> Sequence[Video]:
        """Videos whose file is not probed yet."""

    def list_in_flight(self) -> Sequence[Video]:
        """Videos of which a feature is pending or processing."""
