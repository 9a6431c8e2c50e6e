"""Runs on a schedule: continues turns whose process has died, or was suspended when its client left."""

from __future__ import annotations

from time import monotonic
from typing import Any

from cinedex.bootstrap.chat import reclaim_turns, turn_executor
from cinedex.observability import lambda_handler
from pydantic import BaseModel

TURNS_MAX = 20
SECONDS_MAX = 240.0


class ResumeTurnsEvent(BaseModel):
    pass


@lambda_handler(ResumeTurnsEvent)
def handler(_event: ResumeTurnsEvent) -> dict[str, Any]:
    """Turns that do not end in time are continued by the next run."""
    reclaimed = reclaim_turns().all(TURNS_MAX)
    deadline = monotonic() + SECONDS_MAX
    for turn in reclaimed:
        turn_executor().wait(turn.turn_id, max(0.0, deadline - monotonic()))
    return {"turns_reclaimed": len(reclaimed)}
