"""Write down what an account uses, and tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.usage.operations import DayUsage, Operation
from cinedex.usage.usage_ledger import UsageLedger

DAYS_MAX = 366
DAYS_SHOWN = 30


@dataclass(frozen=True)
class RecordUsage:
    """Days are those of UTC."""

    ledger: UsageLedger
    clock: Clock

    def count(self, account_id: str, deed: Operation) -> None:
        self.ledger.count(account_id, self._today(), deed)

    def add_run(self, video: Video, run: AnalysisRun) -> None:
        """The length of the video for each feature that the run has made ready; told twice, it counts once."""
        made = [f for f in run.generations if _was_made(video, run, f)]
        if made:
            length_ms = round(video.whole.length_s * 1000)
            self.ledger.add_analysis(run, self._today(), dict.fromkeys(made, length_ms))

    def read(self, account_id: str, first: date | None, last: date | None) -> Sequence[DayUsage]:
        """The last thirty days unless told otherwise; raises `InvalidInput` for a range over a year."""
        until = last or self._today()
        since = first or until - timedelta(days=DAYS_SHOWN - 1)
        if not 0 <= (until - since).days < DAYS_MAX:
            raise InvalidInput(
                f"The first day must not be after the last day, nor more than {DAYS_MAX} days before it.",
                field="first_day",
            )
        return self.ledger.read(account_id, since, until)

    def _today(self) -> date:
        return self.clock.now().date()


def _was_made(video: Video, run: AnalysisRun, feature: Feature) -> bool:
    state = video.feature(feature)
    return state.status is FeatureStatus.READY and state.generation == run.generations[feature]
