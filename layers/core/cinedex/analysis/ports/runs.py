"""The port of runs in progress."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.library.domain.video import Video


class RunRepository(Protocol):
    """Runs in flight; one that has ended is no longer listed."""

    def open(self, video: Video, run: AnalysisRun) -> Video:
        """Store the video's queued features and the run together, or neither; raises `StaleRevision`."""

    def get(self, video_id: str, run_id: str) -> AnalysisRun:
        """Raises `NotFound`."""

    def advance(self, run: AnalysisRun) -> bool:
        """Store the next attempt; False when another process already did."""

    def close(self, video_id: str, run_id: str) -> None:
        """Of a run without an outcome: its video was deleted, or newer runs compute its features."""

    def end(self, video: Video, run_id: str) -> None:
        """Close a run whose features have ended as `video` has them, and store the event of it with that.

        A run that is closed already stays so, without an event.
        """

    def list_open(self) -> Sequence[AnalysisRun]:
        """Of all accounts, oldest first."""

    def list_of(self, video_id: str) -> Sequence[AnalysisRun]:
        """Consistent: a video that was read before has no run that is missing here."""

    def forget(self, video_id: str) -> None:
        """Everything that is kept of the runs of a video, in flight or over: their progress and their metering too."""
