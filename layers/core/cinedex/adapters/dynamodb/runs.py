"""Analysis runs in progress, in the partition of their video."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.kernel.errors import RunNotFound, StaleRevision
from cinedex.library.domain.video import Video

RUN = Entity(AnalysisRun, keys.RUN, RunNotFound, revision="attempt", since=lambda run: run.started_at)


class StoredRuns:
    """`RunRepository`. `clear` deletes all items of a partition, whichever entities they are."""

    def __init__(self, runs: Repository[AnalysisRun], videos: Repository[Video], clear: Callable[[str], None]) -> None:
        self._runs, self._videos, self._clear = runs, videos, clear

    def open(self, video: Video, run: AnalysisRun) -> Video:
        if not self._runs.write_together(self._videos.replacement(video), self._runs.overwrite(run)):
            raise StaleRevision("The video was changed by another request.")
        return video.changed(revision=video.revision + 1)

    def get(self, video_id: str, run_id: str) -> AnalysisRun:
        return self._runs.get(keys.run(video_id, run_id))

    def advance(self, run: AnalysisRun) -> bool:
        """`run` counts its next attempt already, so the stored one must be at the attempt before."""
        before = run.model_copy(update={"attempt": run.attempt - 1})
        return self._runs.write_together(self._runs.replacement(before))

    def close(self, video_id: str, run_id: str) -> None:
        self._runs.delete(keys.run(video_id, run_id))

    def list_open(self) -> Sequence[AnalysisRun]:
        return self._runs.list_unfinished()

    def list_of(self, video_id: str) -> Sequence[AnalysisRun]:
        return self._runs.list(keys.runs_of(video_id), newest_first=False, consistent=True)

    def forget(self, video_id: str) -> None:
        self._clear(keys.runs_of(video_id))
