"""The port of executions of the state machine."""

from __future__ import annotations

from typing import Protocol

from cinedex.analysis.domain.run import AnalysisRun


class AnalysisRunner(Protocol):
    def start(self, run: AnalysisRun) -> None:
        """Start the current attempt of the run. Idempotent."""

    def is_running(self, run: AnalysisRun) -> bool:
        """Whether the current attempt is in progress."""

    def stop(self, run: AnalysisRun, reason: str) -> None:
        """No error when the execution has ended."""
