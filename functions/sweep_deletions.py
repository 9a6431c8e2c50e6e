"""On a schedule: erases deleted videos again, until no late result can arrive. After a restart: orphaned media, too.

After an update from a version without lists, it also enters the stored videos into the lists. Then it continues jobs
that move the videos of a collection.
"""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.library import fill_lists, move_collection, sweep_deletions, sweep_orphaned_media
from cinedex.observability import lambda_handler
from pydantic import BaseModel

FILL_LISTS_S_MAX, JOBS_S_MAX = 60.0, 120.0


class SweepDeletionsEvent(BaseModel):
    """`after_restart` is set by the local stack; the schedule sends an empty object."""

    after_restart: bool = False


@lambda_handler(SweepDeletionsEvent)
def handler(event: SweepDeletionsEvent) -> dict[str, Any]:
    pending = sweep_deletions()()
    if event.after_restart:
        sweep_orphaned_media()()
    lists = fill_lists()(FILL_LISTS_S_MAX)
    jobs = move_collection().continue_all(JOBS_S_MAX)
    return {"pending_deletions": pending, "lists_filled": lists.is_done, "open_jobs": jobs}
