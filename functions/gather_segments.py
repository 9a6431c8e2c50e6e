"""State GatherSegments: what is known of each segment, as texts to embed."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import write_documents


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return write_documents()(event["account_id"], event["video_id"], event["run_id"])
