"""How far the videos and collections of versions without lists have been entered into the lists."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ListBackfill(BaseModel):
    """`cursor` is where the next page begins. While `is_done` is False, lists read and filter the whole account.

    `failed` is the number of videos and collections that could not be entered since the table was read from its start.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    cursor: str | None = None
    is_done: bool = False
    videos: int = 0
    collections: int = 0
    failed: int = 0
    revision: int = 0
