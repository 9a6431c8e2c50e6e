"""Videos, collections, runs and keys in dictionaries."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.access.domain.api_keys import ApiKey
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.kernel.errors import CollectionNotFound, RunNotFound, StaleRevision, StateConflict, VideoNotFound
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.video import UploadStatus, Video


class MemoryVideos:
    """`VideoRepository` and `UnfinishedUploads`."""

    def __init__(self) -> None:
        self._videos: dict[tuple[str, str], Video] = {}

    def add(self, video: Video) -> Video:
        if (video.account_id, video.video_id) in self._videos:
            raise StateConflict(f"Video {video.video_id} exists already.")
        return self._store(video.changed(revision=1))

    def get(self, account_id: str, video_id: str) -> Video:
        found = self._videos.get((account_id, video_id))
        if found is None:
            raise VideoNotFound
        return found

    def save(self, video: Video) -> Video:
        if self.get(video.account_id, video.video_id).revision != video.revision:
            raise StaleRevision("The video was changed meanwhile.")
        return self._store(video.changed(revision=video.revision + 1))

    def list(self, account_id: str) -> Sequence[Video]:
        mine = [v for v in self._videos.values() if v.account_id == account_id]
        return sorted(mine, key=lambda v: v.video_id, reverse=True)

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        wanted = dict.fromkeys(video_ids)
        return [found for v in wanted if (found := self._videos.get((account_id, v)))]

    def delete(self, account_id: str, video_id: str) -> None:
        self._videos.pop((account_id, video_id), None)

    def list_uploading(self) -> Sequence[Video]:
        waiting = [v for v in self._videos.values() if v.status is UploadStatus.UPLOADING]
        return sorted(waiting, key=lambda v: v.created_at)

    def everything(self) -> Sequence[Video]:
        return sorted(self._videos.values(), key=lambda v: v.video_id)

    def _store(self, video: Video) -> Video:
        self._videos[video.account_id, video.video_id] = video
        return video


class MemoryCollections:
    """`CollectionRepository`."""

    def __init__(self) -> None:
        self._collections: dict[tuple[str, str], Collection] = {}

    def add(self, collection: Collection) -> Collection:
        self._collections[collection.account_id, collection.collection_id] = collection
        return collection

    def get(self, account_id: str, collection_id: str) -> Collection:
        found = self._collections.get((account_id, collection_id))
        if found is None:
            raise CollectionNotFound
        return found

    def save(self, collection: Collection) -> Collection:
        self.get(collection.account_id, collection.collection_id)
        return self.add(collection)

    def list(self, account_id: str) -> Sequence[Collection]:
        mine = [c for c in self._collections.values() if c.account_id == account_id]
        return sorted(mine, key=lambda c: c.collection_id, reverse=True)

    def delete(self, account_id: str, collection_id: str) -> None:
        self._collections.pop((account_id, collection_id), None)


class MemoryRuns:
    """`RunRepository`, which stores a run together with its video."""

    def __init__(self, videos: MemoryVideos) -> None:
        self._videos = videos
        self._runs: dict[tuple[str, str], AnalysisRun] = {}

    def open(self, video: Video, run: AnalysisRun) -> Video:
        try:
            stored = self._videos.save(video)
        except VideoNotFound as gone:
            raise StaleRevision("The video was changed meanwhile.") from gone
        self._runs[run.video_id, run.run_id] = run
        return stored

    def get(self, video_id: str, run_id: str) -> AnalysisRun:
        found = self._runs.get((video_id, run_id))
        if found is None:
            raise RunNotFound
        return found

    def advance(self, run: AnalysisRun) -> bool:
        known = self._runs.get((run.video_id, run.run_id))
        if known is None or known.attempt != run.attempt - 1:
            return False
        self._runs[run.video_id, run.run_id] = run
        return True

    def close(self, video_id: str, run_id: str) -> None:
        self._runs.pop((video_id, run_id), None)

    def list_open(self) -> Sequence[AnalysisRun]:
        return sorted(self._runs.values(), key=lambda r: r.started_at)

    def list_of(self, video_id: str) -> Sequence[AnalysisRun]:
        return [r for r in self._runs.values() if r.video_id == video_id]

    def forget(self, video_id: str) -> None:
        self._runs = {key: run for key, run in self._runs.items() if run.video_id != video_id}


class MemoryApiKeys:
    """`ApiKeyRepository`."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    def add(self, key: ApiKey) -> ApiKey:
        return self.save(key)

    def find(self, secret_sha256: str) -> ApiKey | None:
        return next((k for k in self._keys.values() if k.secret_sha256 == secret_sha256), None)

    def list(self, account_id: str) -> Sequence[ApiKey]:
        mine = [k for k in self._keys.values() if k.account_id == account_id]
        return sorted(mine, key=lambda k: k.key_id, reverse=True)

    def save(self, key: ApiKey) -> ApiKey:
        self._keys[key.key_id] = key
        return key
