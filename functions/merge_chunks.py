"""State MergeChunks: watched parts become captions, on-screen text and objects."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import merge_chunks


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    order = (event["account_id"], event["video_id"], event["run_id"])
    return merge_chunks()(*order, event["plan_key"], event["parts"])
