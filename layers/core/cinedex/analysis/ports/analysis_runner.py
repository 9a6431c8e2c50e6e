"""Runs the analysis machine."""

from __future__ import annotations

from typing import Protocol

from cinedex.analysis.domain.run import AnalysisRun


class AnalysisRunner(Protocol):
    def start(self, run: AnalysisRun) -> None:
        """Start the run's current attempt; starting the same attempt twice starts it once."""

    def is_running(self, run: AnalysisRun) -> bool:
        """Whether the current attempt is in progress now."""

    def stop(self, run: AnalysisRun, reason: str) -> None:
        """No error when it is over already."""
