"""Fill a new search index from what is stored, beside the one that is read; then let it take its place."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import NotFound, StateConflict
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.reindexing import IndexVersions, PlaceOfVideo, Reindexing, ReindexingStatus
from cinedex.search.ports.index_versions import IndexVersionStore
from cinedex.search.ports.reindexing import AllVideos, ReindexingRepository
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.search.usecases.indexing.index_video import IndexVideo

PAGE = 25
WAIT_S = 2.0


@dataclass(frozen=True)
class ReindexLibrary:
    """Results and timeline are the truth: nothing is embedded again, and no model is asked.

    Safe to interrupt and to repeat. Videos that are analysed meanwhile are written into both indexes by whoever
    analyses them; while a run of a video is open, its turn has not come.
    """

    versions: IndexVersionStore
    backfills: ReindexingRepository
    every_video: AllVideos
    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    gather: AssembleDocuments
    clock: Clock
    segments_per_s: float
    pause: Callable[[float], None] = time.sleep

    def __call__(self, seconds_max: float, report: Callable[[Reindexing], None] = lambda _: None) -> Reindexing:
        """Begin or go on, for so long; `report` is told after each page. Returns how far it is."""
        until = time.monotonic() + seconds_max
        backfill = self._current()
        index = IndexVideo(self.results, self.gather, self.versions.beside())
        while backfill.status is ReindexingStatus.FILLING and time.monotonic() < until:
            backfill = self.backfills.save(self._step(backfill, index, until))
            report(backfill)
        return backfill

    def _current(self) -> Reindexing:
        known = self.backfills.find()
        if known is not None and known.status is not ReindexingStatus.SWAPPED:
            return known
        return self.backfills.save(Reindexing(started_at=self.clock.now(), revision=known.revision if known else 0))

    def _step(self, backfill: Reindexing, index: IndexVideo, until: float) -> Reindexing:
        if not backfill.is_at_end:
            found, cursor = self.every_video.page(backfill.cursor, PAGE)
            moved = backfill.changed(cursor=cursor, is_at_end=cursor is None)
            return self._indexed(moved, index, [(v.account_id, v.video_id) for v in found], until)
        if not backfill.waiting:
            return backfill.changed(status=ReindexingStatus.FILLED)
        after = self._indexed(backfill.changed(waiting=()), index, backfill.waiting, until)
        if after.videos_done == backfill.videos_done:
            self.pause(WAIT_S)
        return after

    def _indexed(
        self, backfill: Reindexing, index: IndexVideo, places: Sequence[PlaceOfVideo], until: float
    ) -> Reindexing:
        """What is being analysed, and what time does not suffice for, waits."""
        waiting, videos, segments = list(backfill.waiting), backfill.videos_done, backfill.segments_done
        for account_id, video_id in places:
            started = time.monotonic()
            if started > until or self.runs.list_of(video_id):
                waiting.append((account_id, video_id))
                continue
            count = self._index(index, account_id, video_id)
            videos, segments = videos + 1, segments + count
            self.pause(max(0.0, count / self.segments_per_s - (time.monotonic() - started)))
        return backfill.changed(waiting=tuple(waiting), videos_done=videos, segments_done=segments)

    def _index(self, index: IndexVideo, account_id: str, video_id: str) -> int:
        """Again when the video changed meanwhile: whoever changed it may have written before we did."""
        try:
            while True:
                video = self.videos.get(account_id, video_id)
                count = index.publish(video)
                if self.videos.get(account_id, video_id).revision == video.revision:
                    return count
        except NotFound:
            index.index.delete_video(account_id, video_id)
            return 0


class IndexState(BaseModel):
    """Which indexes there are, and how far a backfill is; None when there is none."""

    model_config = ConfigDict(frozen=True)

    versions: IndexVersions
    backfill: Reindexing | None


@dataclass(frozen=True)
class ReadIndexState:
    versions: IndexVersionStore
    backfills: ReindexingRepository

    def __call__(self) -> IndexState:
        return IndexState(versions=self.versions.versions(), backfill=self.backfills.find())


@dataclass(frozen=True)
class SwapIndex:
    """Let the filled index be read."""

    versions: IndexVersionStore
    backfills: ReindexingRepository

    def __call__(self) -> None:
        """Raises `StateConflict` when there is no next index, or it is not filled yet."""
        backfill = self.backfills.find()
        if backfill is None or backfill.status is ReindexingStatus.SWAPPED:
            raise StateConflict("No index is being filled: begin with a backfill.")
        if backfill.status is ReindexingStatus.FILLING:
            raise StateConflict(
                f"The next index is not filled yet: {backfill.videos_done} videos are in it. Go on with the backfill."
            )
        self.versions.swap()
        self.backfills.save(backfill.changed(status=ReindexingStatus.SWAPPED))


@dataclass(frozen=True)
class DropIndex:
    """Remove what was swapped out; `also_next` gives up a backfill, too."""

    versions: IndexVersionStore
    backfills: ReindexingRepository

    def __call__(self, *, also_next: bool = False) -> None:
        if also_next:
            self.versions.drop_next()
            self.backfills.remove()
        self.versions.drop_old()
