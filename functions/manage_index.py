"""Invoked by the operator: fills a new search index beside the current one, swaps it in, and drops the old one.

The event is `{"action": "status" | "reindex" | "swap" | "drop" | "update"}`; a reindexing or an update runs for at most
`seconds_max`. A schedule sends "update" every minute: changes of videos that the index does not have yet.
"""

from __future__ import annotations

from typing import Any, Literal

from cinedex.bootstrap.search import drop_index, read_index_state, reindex_library, run_index_updates, swap_index
from cinedex.observability import lambda_handler
from pydantic import BaseModel, Field


class ManageIndexEvent(BaseModel):
    action: Literal["status", "reindex", "swap", "drop", "update"] = "status"
    seconds_max: float = Field(default=840, gt=0, le=840)
    segments_per_s: float | None = Field(default=None, gt=0)
    also_next: bool = False


@lambda_handler(ManageIndexEvent)
def handler(event: ManageIndexEvent) -> dict[str, Any]:
    if event.action == "update":
        return {"updated_videos": run_index_updates()(event.seconds_max)}
    if event.action == "reindex":
        reindex_library(event.segments_per_s)(event.seconds_max)
    elif event.action == "swap":
        swap_index()()
    elif event.action == "drop":
        drop_index()(also_next=event.also_next)
    state = read_index_state()()
    return state.model_dump(mode="json", exclude={"reindexing": {"cursor", "waiting", "revision"}})
