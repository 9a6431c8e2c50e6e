"""Where it is written down what an account has used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.library.domain.feature import Feature
from cinedex.usage.operations import DayUsage, Operation


class UsageLedger(Protocol):
    def count(self, account_id: str, day: date, deed: Operation) -> None: ...

    def add_analysis(self, run: AnalysisRun, day: date, analysed_ms: Mapping[Feature, int]) -> None:
        """A run that was added before changes nothing."""

    def read(self, account_id: str, first: date, last: date) -> Sequence[DayUsage]:
        """Days on which something was used, in order, both ends included."""
