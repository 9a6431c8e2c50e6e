"""State BuildDocuments: what is known of each segment, as texts to embed."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import build_documents


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return build_documents()(event["account_id"], event["video_id"], event["run_id"])
