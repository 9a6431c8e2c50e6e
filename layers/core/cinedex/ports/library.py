"""Where videos, collections, runs and keys are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.domain.access import ApiKey
from cinedex.domain.collection import Collection
from cinedex.domain.run import AnalysisRun
from cinedex.domain.video import Video


class VideoRepository(Protocol):
    def add(self, video: Video) -> Video:
        """Store a new video; raises `StateConflict` when the id is taken."""

    def get(self, account_id: str, video_id: str) -> Video:
        """Raises `NotFound`, also for a video of another account."""

    def save(self, video: Video) -> Video:
        """Store over the revision that was read and return the next one; raises `StaleRevision`.

        A video deleted meanwhile is not brought back: raises `NotFound`.
        """

    def list(self, account_id: str) -> Sequence[Video]:
        """Newest first."""

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        """Those that exist, in the order asked for."""

    def delete(self, account_id: str, video_id: str) -> None:
        """No error when it is gone already."""


class CollectionRepository(Protocol):
    def add(self, collection: Collection) -> Collection: ...

    def get(self, account_id: str, collection_id: str) -> Collection:
        """Raises `NotFound`."""

    def save(self, collection: Collection) -> Collection:
        """Raises `NotFound` when it was deleted meanwhile."""

    def list(self, account_id: str) -> Sequence[Collection]:
        """Newest first."""

    def delete(self, account_id: str, collection_id: str) -> None: ...


class RunRepository(Protocol):
    """Runs in flight; one that has ended is no longer listed."""

    def open(self, video: Video, run: AnalysisRun) -> Video:
        """Store the video's queued features and the run together, or neither; raises `StaleRevision`."""

    def get(self, video_id: str, run_id: str) -> AnalysisRun:
        """Raises `NotFound`."""

    def advance(self, run: AnalysisRun) -> bool:
        """Store the next attempt; False when another process already did."""

    def close(self, video_id: str, run_id: str) -> None: ...

    def list_open(self) -> Sequence[AnalysisRun]:
        """Of all accounts, oldest first."""

    def list_of(self, video_id: str) -> Sequence[AnalysisRun]: ...

    def forget(self, video_id: str) -> None:
        """Everything that is kept of the runs of a video, in flight or over: their progress and their metering too."""


class UnfinishedUploads(Protocol):
    """Videos whose file has been promised but not yet probed."""

    def list_uploading(self) -> Sequence[Video]:
        """Of all accounts, oldest first."""


class ApiKeyRepository(Protocol):
    def add(self, key: ApiKey) -> ApiKey: ...

    def find(self, secret_sha256: str) -> ApiKey | None: ...

    def list(self, account_id: str) -> Sequence[ApiKey]: ...

    def save(self, key: ApiKey) -> ApiKey: ...
