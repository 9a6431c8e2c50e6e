"""On a schedule: erases deleted videos again, until no late result can arrive; then continues other background work.

After a restart it deletes orphaned media. After an update from a version without lists it enters the stored videos into
the lists. Then it deletes videos that are older than the retention of their collection. Last, it continues jobs that
move the videos of a collection. Each part runs although another has failed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cinedex.bootstrap.imports import expire_videos
from cinedex.bootstrap.library import fill_lists, move_collection, sweep_deletions, sweep_orphaned_media
from cinedex.kernel.log_fields import log_fields
from cinedex.observability import lambda_handler, logger
from pydantic import BaseModel

DELETIONS_S_MAX, FILL_LISTS_S_MAX, RETENTION_S_MAX, JOBS_S_MAX = 90.0, 60.0, 60.0, 120.0
"""The timeout of the function is 30 seconds more than their sum."""


class SweepDeletionsEvent(BaseModel):
    """`after_restart` is set by the local stack; the schedule sends an empty object."""

    after_restart: bool = False


@lambda_handler(SweepDeletionsEvent)
def handler(event: SweepDeletionsEvent) -> dict[str, Any]:
    parts: dict[str, Callable[[], Any]] = {
        "pending_deletions": lambda: sweep_deletions()(DELETIONS_S_MAX),
        "orphaned_media": lambda: sweep_orphaned_media()() if event.after_restart else 0,
        "lists_filled": lambda: fill_lists()(FILL_LISTS_S_MAX).is_done,
        "expired_videos": lambda: expire_videos()(RETENTION_S_MAX),
        "open_jobs": lambda: move_collection().continue_all(JOBS_S_MAX),
    }
    results, errors = {}, []
    for name, part in parts.items():
        try:
            results[name] = part()
        except Exception as error:
            logger.exception("a part of the sweep failed", extra={"part": name} | log_fields(error))
            errors.append(error)
    if errors:
        raise errors[0]
    return results
