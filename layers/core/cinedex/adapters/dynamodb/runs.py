"""Analysis runs in progress, in the partition of their video."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.events.outbox import LAST_POSITION, Outbox
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.analysis.domain.facts import fact_of_end, fact_of_start
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.kernel.errors import RunNotFound, StaleRevision, Unavailable
from cinedex.kernel.retry import CONFLICT
from cinedex.library.domain.video import Video

FIRST_OF_RUN = 500
"""The position of the event that a run has started, after those of the change that has queued its features."""
RUN = Entity(AnalysisRun, keys.RUN, RunNotFound, revision="attempt", since=lambda run: run.started_at)


class StoredRuns:
    """`RunRepository`. `clear` deletes all items of a partition, whichever entities they are."""

    def __init__(
        self,
        runs: Repository[AnalysisRun],
        videos: Repository[Video],
        clear: Callable[[str], None],
        outbox: Outbox,
    ) -> None:
        self._runs, self._videos, self._clear, self._outbox = runs, videos, clear, outbox

    def open(self, video: Video, run: AnalysisRun) -> Video:
        events = () if run.waits_for_budget else self._started(video, run, video.revision + 1)
        if not self._runs.write_together(self._videos.replacement(video), self._runs.overwrite(run), *events):
            raise StaleRevision("The video was changed by another request.")
        return video.changed(revision=video.revision + 1)

    def get(self, video_id: str, run_id: str) -> AnalysisRun:
        return self._runs.get(keys.run(video_id, run_id))

    def advance(self, run: AnalysisRun) -> bool:
        """`run` counts its next attempt already, so the stored one must be at the attempt before."""
        before = run.model_copy(update={"attempt": run.attempt - 1})
        video = self._videos.find(keys.video(run.account_id, run.video_id)) if before.waits_for_budget else None
        events = () if video is None else self._started(video, run, video.revision)
        return self._runs.write_together(self._runs.replacement(before), *events)

    def close(self, video_id: str, run_id: str) -> None:
        self._runs.delete(keys.run(video_id, run_id))

    def end(self, video: Video, run_id: str) -> None:
        key = keys.run(video.video_id, run_id)
        for _ in CONFLICT.attempts(f"end run {run_id}", self._outbox.sleep):
            run = self._runs.find(key)
            if run is None:
                return
            events = self._outbox.additions(
                [fact_of_end(video, run, self._outbox.now())], video.revision, LAST_POSITION
            )
            if self._runs.write_together(self._runs.deletion(run), *events):
                return
        raise Unavailable(f"The run was changed by other processes in {CONFLICT.attempts_max} attempts. Try again.")

    def list_open(self) -> Sequence[AnalysisRun]:
        return self._runs.list_unfinished()

    def list_of(self, video_id: str) -> Sequence[AnalysisRun]:
        return self._runs.list(keys.runs_of(video_id), newest_first=False, consistent=True)

    def forget(self, video_id: str) -> None:
        self._clear(keys.runs_of(video_id))

    def _started(self, video: Video, run: AnalysisRun, revision: int) -> Sequence[Any]:
        return self._outbox.additions([fact_of_start(video, run, self._outbox.now())], revision, FIRST_OF_RUN)
