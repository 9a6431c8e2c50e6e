"""State PlanChunks: speech and shots become transcript, scenes, segments and parts."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import plan_chunks


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return plan_chunks()(event["account_id"], event["video_id"], event["run_id"], event["keys"])
