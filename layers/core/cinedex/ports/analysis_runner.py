"""Runs the analysis machine."""

from __future__ import annotations

from typing import Protocol

from cinedex.domain.run import AnalysisRun


class AnalysisRunner(Protocol):
    def start(self, run: AnalysisRun) -> None:
        """Start the run's current attempt; starting the same attempt twice starts it once."""

    def is_running(self, run: AnalysisRun) -> bool:
        """Whether the current attempt is in progress now."""

    def stop(self, run: AnalysisRun, reason: str) -> None:
        """No error when it is over already."""


class MediaFetcher(Protocol):
    """Starts the download of a video's source URL in the background."""

    def request_fetch(self, account_id: str, video_id: str, url: str) -> None: ...
