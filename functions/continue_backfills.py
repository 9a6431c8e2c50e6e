"""On a schedule: continues backfills of drop folders. After a restart of the local stack, it begins one for each."""

from __future__ import annotations

from cinedex.bootstrap.imports import backfill_drop
from cinedex.observability import lambda_handler
from pydantic import BaseModel

SECONDS_MAX = 50.0


class ContinueBackfillsEvent(BaseModel):
    """`after_restart` is set by the local stack, whose queue has lost its messages; the schedule sends none."""

    after_restart: bool = False


@lambda_handler(ContinueBackfillsEvent)
def handler(event: ContinueBackfillsEvent) -> dict[str, int]:
    backfill = backfill_drop()
    started = backfill.start_all() if event.after_restart else 0
    return {"started": started, "open_backfills": backfill.continue_all(SECONDS_MAX)}
