"""One run of the analysis state machine for one video."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cinedex.library.domain.feature import CATALOG, Feature
from cinedex.library.domain.video import Video
from cinedex.usage.video_budget import VideoCharge

ATTEMPTS_MAX = 6
RESTARTS_MAX = 100


class Priority(StrEnum):
    """Workers take bulk tasks only when no live task waits."""

    LIVE = "live"
    BULK = "bulk"


class AnalysisRun(BaseModel):
    """Which features a run computes, and the generation of each it may write.

    The id contains the generations, so that the same computation cannot be started twice. `attempt` counts
    executions: a run that a crash has interrupted continues with the next attempt; 0 is a run that waits for the
    budget of its account. `restarts` counts those of them that a restart of the whole local stack has interrupted,
    whatever the video is.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    run_id: str
    account_id: str
    video_id: str
    generations: dict[Feature, int]
    forced: bool = False
    options: dict[str, Any] = Field(default_factory=dict)
    priority: Priority = Priority.LIVE
    started_at: datetime
    attempt: int = 1
    restarts: int = 0

    @property
    def features(self) -> tuple[Feature, ...]:
        return tuple(f for f in CATALOG if f in self.generations)

    @property
    def execution_name(self) -> str:
        return f"{self.run_id}-{self.attempt}"

    @property
    def waits_for_budget(self) -> bool:
        return self.attempt == 0

    def waiting_for_budget(self) -> AnalysisRun:
        return self.model_copy(update={"attempt": 0})

    def charge(self, video: Video) -> VideoCharge:
        """To the budget of the account, by the length that the probe has found."""
        return VideoCharge(
            account_id=self.account_id,
            video_id=self.video_id,
            etag=video.media.etag,
            run_id=self.run_id,
            forced=self.forced,
            ms=round(video.whole.end_s * 1000),
        )

    @property
    def scope(self) -> str:
        """Forced runs have results of their own, so that everything is computed again and can still be resumed."""
        return self.run_id if self.forced else "shared"

    def next_attempt(self, after_restart: bool = False) -> AnalysisRun:
        return self.model_copy(update={"attempt": self.attempt + 1, "restarts": self.restarts + after_restart})

    def can_retry(self, after_restart: bool = False) -> bool:
        """A restart says nothing about the video; that many of them, however, may be caused by its analysis."""
        if after_restart:
            return self.restarts < RESTARTS_MAX
        return self.attempt - self.restarts < ATTEMPTS_MAX


def run_id_of(video_id: str, generations: dict[Feature, int]) -> str:
    """For example `0190…-t1c1e1`; with the attempt it fits into the 80 characters of an execution name."""
    marks = "".join(f"{f.value[0]}{generations[f]}" for f in CATALOG if f in generations)
    return f"{video_id}-{marks}"
