"""Charge the minutes of a video to the daily budget of its account."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.kernel.clock import Clock
from cinedex.usage.budget import end_of
from cinedex.usage.video_budget import MS_PER_MINUTE, VideoBudget, VideoBudgetStatus, VideoCharge


@dataclass(frozen=True)
class ChargeVideo:
    """`minutes_max` 0 is no limit; the minutes are counted nevertheless."""

    budget: VideoBudget
    clock: Clock
    minutes_max: float

    def __call__(self, charge: VideoCharge) -> bool:
        """Whether its analysis may begin. Safe to repeat."""
        return self.budget.charge(charge, self.clock.now().date(), self._ms_max)

    def today(self, account_id: str) -> VideoBudgetStatus:
        day = self.clock.now().date()
        used_ms = self.budget.used_ms(account_id, day)
        return VideoBudgetStatus(used_ms=used_ms, ms_max=self._ms_max, resets_at=end_of(day))

    @property
    def _ms_max(self) -> int | None:
        return round(self.minutes_max * MS_PER_MINUTE) or None
