"""State PlanChunks: speech and shots become transcript, scenes, segments and chunks."""

from __future__ import annotations

from cinedex.analysis.domain.state_events import PlanChunksEvent, PlannedChunks
from cinedex.bootstrap.analysis import plan_chunks
from cinedex.observability import lambda_handler


@lambda_handler(PlanChunksEvent)
def handler(event: PlanChunksEvent) -> PlannedChunks:
    return plan_chunks()(event.account_id, event.video_id, event.run_id, event.keys)
