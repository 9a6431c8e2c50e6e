"""State FinishAnalysis: the run is over."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import finish_analysis


def handler(event: dict[str, Any], context: object) -> None:
    finish_analysis()(event["account_id"], event["video_id"], event["run_id"])
