"""The port of executions of the state machine."""

from __future__ import annotations

from collections.abc import Set
from typing import Protocol

from cinedex.analysis.domain.run import AnalysisRun


class AnalysisRunner(Protocol):
    def start(self, run: AnalysisRun) -> None:
        """Start the current attempt of the run. Idempotent. Raises `Unavailable` if it cannot be started now."""

    def is_running(self, run: AnalysisRun) -> bool:
        """Whether the current attempt is in progress."""

    def has_started(self, run: AnalysisRun) -> bool:
        """Whether the current attempt was ever started; also true after its end."""

    def running(self) -> Set[str]:
        """The names of executions in progress, except some that were started in the last moments."""

    def stop(self, run: AnalysisRun, reason: str) -> None:
        """No error when the execution has ended."""
