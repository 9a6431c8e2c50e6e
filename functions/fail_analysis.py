"""State FailAnalysis: the features of the run say why they are not there."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import fail_analysis


def handler(event: dict[str, Any], context: object) -> None:
    order = event["order"]
    told = (str(event.get("error") or ""), str(event.get("cause") or ""))
    fail_analysis()(order["account_id"], order["video_id"], order["run_id"], *told)
