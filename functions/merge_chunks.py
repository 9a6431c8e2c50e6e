"""State MergeChunks: the results of all chunks become captions, on-screen text and objects."""

from __future__ import annotations

from typing import Any

from cinedex.analysis.domain.state_events import MergeChunksEvent
from cinedex.bootstrap.analysis import merge_chunks
from cinedex.observability import lambda_handler


@lambda_handler(MergeChunksEvent)
def handler(event: MergeChunksEvent) -> dict[str, Any]:
    return merge_chunks()(event.account_id, event.video_id, event.run_id, event.plan_key, event.chunks)
