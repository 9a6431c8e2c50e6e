"""The daily budget of an account in minutes of analysed video, counted exactly under concurrency."""

from __future__ import annotations

from datetime import date, datetime
from math import ceil
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from cinedex.usage.ledger_entry import OnceKey

MS_PER_MINUTE = 60_000


def minutes(ms: int) -> float:
    return round(ms / MS_PER_MINUTE, 4)


class VideoCharge(BaseModel):
    """What an analysis costs: the length of its video, once for each file and day, and again when it is forced."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_id: str
    etag: str
    run_id: str
    forced: bool
    ms: int

    def marks(self, day: date) -> tuple[OnceKey, ...]:
        """All are stored with the charge; if the first one is stored already, nothing is to be charged."""
        of_day = OnceKey(self.video_id, f"budget-{day}-{self.etag}")
        return (OnceKey(self.video_id, f"budget-{self.run_id}"), of_day) if self.forced else (of_day,)


class VideoBudgetStatus(BaseModel):
    """The current day of UTC. `ms_max` is None without a limit."""

    model_config = ConfigDict(frozen=True)

    used_ms: int
    ms_max: int | None
    resets_at: datetime

    @property
    def used_minutes(self) -> float:
        return minutes(self.used_ms)

    @property
    def minutes_max(self) -> float | None:
        return None if self.ms_max is None else minutes(self.ms_max)

    @property
    def description(self) -> str:
        return f"The daily budget of {self.minutes_max:g} minutes of video of this account is used up."

    def resets_in_s(self, now: datetime) -> int:
        return ceil((self.resets_at - now).total_seconds())


class VideoBudget(Protocol):
    def charge(self, charge: VideoCharge, day: date, ms_max: int | None) -> bool:
        """False without effect if `ms_max` is used up; otherwise the whole charge is added, at most once for its marks.

        So the last video of a day may pass the limit, and a video that is longer than the limit can be analysed.
        """

    def used_ms(self, account_id: str, day: date) -> int: ...
