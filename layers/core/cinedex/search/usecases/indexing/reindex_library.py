"""Fill a new search index from the stored results while the live one serves searches, then swap them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import NotFound, StateConflict
from cinedex.kernel.retry import CONFLICT
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.reindexing import IndexVersions, Reindexing, ReindexingStatus, VideoRef
from cinedex.search.ports.index_versions import IndexVersionStore
from cinedex.search.ports.reindexing import AllVideos, ReindexingRepository
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.search.usecases.indexing.index_video import IndexVideo

PAGE_VIDEOS = 25
RECHECK_S = 2.0


@dataclass(frozen=True)
class ReindexLibrary:
    """Reads results and timeline: no text is embedded again, and no model is called.

    It can be interrupted and repeated. Analyses that finish in the meantime write to both indexes. A video with an open
    run is postponed until the run has ended.
    """

    versions: IndexVersionStore
    reindexings: ReindexingRepository
    all_videos: AllVideos
    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    assemble_documents: AssembleDocuments
    clock: Clock
    segments_per_s: float
    pause: Callable[[float], None] = time.sleep

    def __call__(self, seconds_max: float, report: Callable[[Reindexing], None] = lambda _: None) -> Reindexing:
        """Starts or continues for `seconds_max`. Calls `report` after each page; returns the progress."""
        deadline = time.monotonic() + seconds_max
        reindexing = self._current()
        index = IndexVideo(self.results, self.assemble_documents, self.versions.next_index())
        while reindexing.status is ReindexingStatus.FILLING and time.monotonic() < deadline:
            reindexing = self.reindexings.save(self._step(reindexing, index, deadline))
            report(reindexing)
        return reindexing

    def _current(self) -> Reindexing:
        stored = self.reindexings.find()
        if stored is not None and stored.status is not ReindexingStatus.SWAPPED:
            return stored
        return self.reindexings.save(Reindexing(started_at=self.clock.now(), revision=stored.revision if stored else 0))

    def _step(self, reindexing: Reindexing, index: IndexVideo, deadline: float) -> Reindexing:
        if not reindexing.is_at_end:
            page, cursor = self.all_videos.page(reindexing.cursor, PAGE_VIDEOS)
            moved = reindexing.changed(cursor=cursor, is_at_end=cursor is None)
            return self._index_all(moved, index, [(v.account_id, v.video_id) for v in page], deadline)
        if not reindexing.waiting:
            return reindexing.changed(status=ReindexingStatus.FILLED)
        after = self._index_all(reindexing.changed(waiting=()), index, reindexing.waiting, deadline)
        if after.videos_done == reindexing.videos_done:
            self.pause(RECHECK_S)
        return after

    def _index_all(
        self, reindexing: Reindexing, index: IndexVideo, refs: Sequence[VideoRef], deadline: float
    ) -> Reindexing:
        """Videos that are being analysed, that change all the time, or that come after the deadline go to `waiting`."""
        waiting, videos, segments = list(reindexing.waiting), reindexing.videos_done, reindexing.segments_done
        for account_id, video_id in refs:
            started_at = time.monotonic()
            if started_at > deadline or self.runs.list_of(video_id):
                waiting.append((account_id, video_id))
                continue
            count = self._index(index, account_id, video_id)
            if count is None:
                waiting.append((account_id, video_id))
                continue
            videos, segments = videos + 1, segments + count
            self.pause(max(0.0, count / self.segments_per_s - (time.monotonic() - started_at)))
        return reindexing.changed(waiting=tuple(waiting), videos_done=videos, segments_done=segments)

    def _index(self, index: IndexVideo, account_id: str, video_id: str) -> int | None:
        """Repeats when the video was changed in the meantime: the other writer may have written first.

        None if it was changed during every attempt.
        """
        try:
            for _ in CONFLICT.attempts(f"index video {video_id}", self.pause):
                video = self.videos.get(account_id, video_id)
                count = index.publish(video)
                if self.videos.get(account_id, video_id).revision == video.revision:
                    return count
        except NotFound:
            index.index.delete_video(account_id, video_id)
            return 0
        return None


class IndexState(BaseModel):
    """The existing index versions, and the progress of a reindexing; None when there is none."""

    model_config = ConfigDict(frozen=True)

    versions: IndexVersions
    reindexing: Reindexing | None


@dataclass(frozen=True)
class ReadIndexState:
    versions: IndexVersionStore
    reindexings: ReindexingRepository

    def __call__(self) -> IndexState:
        return IndexState(versions=self.versions.versions(), reindexing=self.reindexings.find())


@dataclass(frozen=True)
class SwapIndex:
    """Makes the filled index live."""

    versions: IndexVersionStore
    reindexings: ReindexingRepository

    def __call__(self) -> None:
        """Raises `StateConflict` when there is no next index, or it is not filled yet."""
        reindexing = self.reindexings.find()
        if reindexing is None or reindexing.status is ReindexingStatus.SWAPPED:
            raise StateConflict("There is no next index. Reindex the library first.")
        if reindexing.status is ReindexingStatus.FILLING:
            raise StateConflict(
                f"The next index is not complete: {reindexing.videos_done} videos are indexed. Continue to reindex."
            )
        self.versions.swap()
        self.reindexings.save(reindexing.changed(status=ReindexingStatus.SWAPPED))


@dataclass(frozen=True)
class DropIndex:
    """Deletes unused indexes; with `also_next` also the next index and its reindexing."""

    versions: IndexVersionStore
    reindexings: ReindexingRepository

    def __call__(self, *, also_next: bool = False) -> None:
        if also_next:
            self.versions.drop_next()
            self.reindexings.remove()
        self.versions.drop_old()
