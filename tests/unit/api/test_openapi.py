"""The committed OpenAPI document matches the code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tools.openapi import DOCUMENT, document

WRITTEN: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
ENDPOINTS = """
GET /v2/videos · POST /v2/videos · GET /v2/videos/{video_id} · DELETE /v2/videos/{video_id}
PATCH /v2/videos/{video_id} · GET /v2/video-groups · POST /v2/video-groups · GET /v2/video-groups/{group_id}
DELETE /v2/video-groups/{group_id} · PATCH /v2/video-groups/{group_id} · GET /v2/video-groups/{group_id}/videos
POST /v2/video-groups/{group_id}/videos · GET /v2/features · POST /v2/videos/{video_id}/features/plan
POST /v2/videos/{video_id}/features/{feature} · POST /v2/search · POST /v2/chat
GET /v2/videos/{video_id}/captions · GET /v2/videos/{video_id}/transcript · GET /v2/videos/{video_id}/scenes
GET /v2/videos/{video_id}/objects · POST /v2/videos/{video_id}/segment
"""
OPERATIONS = [
    (path, method, operation) for path, methods in WRITTEN["paths"].items() for method, operation in methods.items()
]


def test_the_committed_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run: python -m tools.openapi"


@pytest.mark.parametrize("endpoint", [e.strip() for line in ENDPOINTS.strip().splitlines() for e in line.split("·")])
def test_every_endpoint_of_the_contract_exists(endpoint: str) -> None:
    method, path = endpoint.split()
    assert method.lower() in WRITTEN["paths"][path]


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_has_a_description_and_its_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["description"]
    if operation["security"]:
        malformed = "422" if path.startswith("/api/v2/") else "400"
        assert {malformed, "401", "403", "404", "429", "500"} <= set(operation["responses"])


def test_operation_ids_are_unique() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_every_stream_declares_its_content_type() -> None:
    streams = [operation for path, _, operation in OPERATIONS if path.endswith("/stream")]
    assert [list(stream["responses"]["200"]["content"]) for stream in streams] == [["text/event-stream"]] * 3
