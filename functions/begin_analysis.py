"""State BeginAnalysis: what there is to do."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import begin_analysis


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return begin_analysis()(event["account_id"], event["video_id"], event["run_id"])
