"""State FailAnalysis: stores on each feature of the run why it is not ready."""

from __future__ import annotations

from cinedex.analysis.domain.state_events import FailAnalysisEvent
from cinedex.bootstrap.analysis import fail_analysis
from cinedex.observability import lambda_handler


@lambda_handler(FailAnalysisEvent)
def handler(event: FailAnalysisEvent) -> None:
    run = (event.account_id, event.video_id, event.run_id)
    fail_analysis()(*run, event.error or "", event.cause or "")
