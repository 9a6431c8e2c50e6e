"""State BeginAnalysis: returns what the execution has to do."""

from __future__ import annotations

from cinedex.analysis.domain.state_events import AnalysisJob, RunEvent
from cinedex.bootstrap.analysis import begin_analysis
from cinedex.observability import lambda_handler


@lambda_handler(RunEvent)
def handler(event: RunEvent) -> AnalysisJob:
    return begin_analysis()(event.account_id, event.video_id, event.run_id)
