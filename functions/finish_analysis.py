"""State FinishAnalysis: records the usage of the run and closes it."""

from __future__ import annotations

from cinedex.analysis.domain.state_events import RunEvent
from cinedex.bootstrap.analysis import finish_analysis
from cinedex.observability import lambda_handler


@lambda_handler(RunEvent)
def handler(event: RunEvent) -> None:
    finish_analysis()(event.account_id, event.video_id, event.run_id)
