"""On a schedule: turns whose process has died, or fell asleep when its client left, go on here."""

from __future__ import annotations

from time import monotonic
from typing import Any

from cinedex.bootstrap.chat import reclaim_turns, turn_executor

TURNS_MAX = 20
SECONDS_MAX = 240.0


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Turns that are not over in time are taken over by the next run."""
    taken = reclaim_turns().all(TURNS_MAX)
    deadline = monotonic() + SECONDS_MAX
    for turn in taken:
        turn_executor().start(turn)
    for turn in taken:
        turn_executor().wait(turn.turn_id, max(0.0, deadline - monotonic()))
    return {"turns_taken_over": len(taken)}
