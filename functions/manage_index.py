"""Invoked by whoever runs the deployment: fill a new search index beside the live one, let it be read, drop the old.

The event is `{"action": "status" | "reindex" | "swap" | "drop"}`; "reindex" runs for `seconds_max`, at most.
"""

from __future__ import annotations

from typing import Any, Literal

from cinedex.bootstrap.search import drop_index, read_index_state, reindex_library, swap_index
from pydantic import BaseModel, Field


class IndexOrder(BaseModel):
    action: Literal["status", "reindex", "swap", "drop"] = "status"
    seconds_max: float = Field(default=840, gt=0, le=840)
    segments_per_s: float | None = Field(default=None, gt=0)
    also_next: bool = False


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    order = IndexOrder.model_validate(event)
    if order.action == "reindex":
        reindex_library(order.segments_per_s)(order.seconds_max)
    elif order.action == "swap":
        swap_index()()
    elif order.action == "drop":
        drop_index()(also_next=order.also_next)
    state = read_index_state()()
    return state.model_dump(mode="json", exclude={"backfill": {"cursor", "waiting", "revision"}})
