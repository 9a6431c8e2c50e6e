"""What responses of the VideoVector API must look like."""

from __future__ import annotations

from datetime import datetime
from typing import Any

NEVER_NULL = {
    "marker", "extracted_metadata_markers", "text_content", "content_preview", "results", "citations", "tool_trace",
    "result_sets", "stats", "details", "data", "result_id", "video_id", "tool_calls", "total_tokens", "turns",
}  # fmt: skip
"""Fields that its client rejects as null, or that always have a value by contract."""


def error_of(body: Any) -> dict[str, Any]:
    """The error of the body, which has no other field."""
    assert list(body) == ["error"]
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "details", "request_id", "timestamp"}
    assert isinstance(error["details"], dict)
    assert datetime.fromisoformat(error["timestamp"]).tzinfo
    return error


def nulls(document: Any, path: str = "") -> list[str]:
    """The paths of fields that are null and must not be."""
    if isinstance(document, list):
        return [n for i, item in enumerate(document) for n in nulls(item, f"{path}[{i}]")]
    if not isinstance(document, dict):
        return []
    paths = [f"{path}.{k}" for k, v in document.items() if v is None and k in NEVER_NULL]
    return paths + [n for k, v in document.items() for n in nulls(v, f"{path}.{k}")]
