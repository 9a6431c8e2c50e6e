"""Erase what analysis holds of a deleted video: its runs with their progress, and the results of its tasks."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.analysis.ports.analysis_runner import AnalysisRunner
from cinedex.analysis.ports.progress import ProgressReader
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository


@dataclass(frozen=True)
class RunEraser:
    """Stops the executions that are in progress."""

    runs: RunRepository
    runner: AnalysisRunner
    progress: ProgressReader

    def erase(self, _account_id: str, video_id: str) -> bool:
        open_runs = self.runs.list_of(video_id)
        for run in open_runs:
            self.runner.stop(run, "The video was deleted.")
            self.progress.forget(video_id, run.run_id)
        self.runs.forget(video_id)
        return bool(open_runs)


@dataclass(frozen=True)
class ResultEraser:
    results: ResultStore

    def erase(self, account_id: str, video_id: str) -> bool:
        self.results.delete_video(account_id, video_id)
        return False
