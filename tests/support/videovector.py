"""What answers in the VideoVector dialect must look like, whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

NEVER_NULL = {
    "marker", "extracted_metadata_markers", "text_content", "content_preview", "results", "citations", "tool_trace",
    "result_sets", "stats", "details", "data", "result_id", "video_id", "tool_calls", "total_tokens", "turns",
}  # fmt: skip
"""Names that its client refuses as null, or that the contract gives a value always."""


def error_of(body: Any) -> dict[str, Any]:
    """The error of the envelope, which holds nothing else."""
    assert list(body) == ["error"]
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "details", "request_id", "timestamp"}
    assert isinstance(error["details"], dict)
    assert datetime.fromisoformat(error["timestamp"]).tzinfo
    return error


def nulls(document: Any, path: str = "") -> list[str]:
    """Where a field is null that must not be."""
    if isinstance(document, list):
        return [n for i, item in enumerate(document) for n in nulls(item, f"{path}[{i}]")]
    if not isinstance(document, dict):
        return []
    found = [f"{path}.{k}" for k, v in document.items() if v is None and k in NEVER_NULL]
    return found + [n for k, v in document.items() for n in nulls(v, f"{path}.{k}")]
