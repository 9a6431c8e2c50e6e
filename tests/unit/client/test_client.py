"""The requests of the client, and how it waits."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from cinedex_client.errors import ClientError

from tests.support.wire import Wire


def video(status: str = "uploaded", **features: str) -> httpx.Response:
    return httpx.Response(200, json={"video_id": "v1", "status": status, "features": features})


def sent(wire: Wire) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(wire.requests[-1].content)
    return body


def test_following_ends_when_nothing_is_in_flight(wire: Wire) -> None:
    wire.in_turn(
        video(transcript="pending"),
        video(transcript="processing"),
        video(transcript="ready", objects="failed"),
    )
    seen = list(wire.deployment().follow("v1", ["transcript", "objects"]))
    assert [entry.detail("transcript").status for entry in seen] == ["pending", "processing", "ready"]


def test_waiting_for_an_upload_ends_when_the_file_has_been_checked(wire: Wire) -> None:
    wire.in_turn(video("uploading"), video("uploading"), video("uploaded"))
    assert wire.deployment().wait_until_uploaded("v1").status == "uploaded"


def test_a_file_that_is_not_a_video_is_reported_with_the_reason(wire: Wire) -> None:
    refused = {"video_id": "v1", "status": "failed", "error": "It is a text file."}
    wire.in_turn(httpx.Response(200, json=refused))
    with pytest.raises(ClientError, match="It is a text file"):
        wire.deployment().wait_until_uploaded("v1")


def test_reading_goes_through_all_pages(wire: Wire) -> None:
    pages = [
        {"data": [{"start": 0.0, "end": 1.0, "text": "one"}], "next_page_token": "two"},
        {"data": [{"start": 1.0, "end": 2.0, "text": "two"}], "next_page_token": None},
    ]
    wire.in_turn(*(httpx.Response(200, json=page) for page in pages))
    assert [line.text for line in wire.deployment().transcript("v1")] == ["one", "two"]
    assert [request.url.params.get("page_token") for request in wire.requests] == [None, "two"]


def test_a_question_without_videos_is_sent_for_the_whole_library(wire: Wire) -> None:
    wire.in_turn(httpx.Response(200, json={"response": "No.", "model": "extractive", "confident": False}))
    answer = wire.deployment().ask("Why?")
    assert sent(wire) == {"messages": [{"role": "user", "content": "Why?"}]}
    assert answer.confident is False


def test_a_search_names_its_videos_only_when_there_are_some(wire: Wire) -> None:
    nothing = {"data": [], "search_pool": {"video_count": 0, "total_duration": 0.0}}
    wire.in_turn(*[httpx.Response(200, json=nothing)] * 2)
    library = wire.deployment()
    library.search("cat", limit=3)
    assert sent(wire) == {"query": "cat", "page_limit": 3, "strategy": "semantic"}
    library.search("cat", video_ids=["v1"], literal=True)
    assert sent(wire) == {"query": "cat", "page_limit": 10, "strategy": "text", "video_ids": ["v1"]}


def test_unknown_fields_of_a_response_are_kept(wire: Wire) -> None:
    wire.in_turn(httpx.Response(200, json={"video_id": "v1", "mood": "calm"}))
    assert wire.deployment().video("v1").model_dump()["mood"] == "calm"


def test_a_response_with_missing_fields_is_an_error_of_the_deployment(wire: Wire) -> None:
    wire.in_turn(httpx.Response(200, json={"status": "uploaded"}))
    with pytest.raises(ClientError, match="not a valid Video: video_id: Field required"):
        wire.deployment().video("v1")


def test_listing_videos_and_keys_goes_through_all_pages(wire: Wire) -> None:
    pages = [
        {"results": [{"video_id": "v2", "status": "uploaded"}], "next_page_token": "older"},
        {"results": [{"video_id": "v1", "status": "uploaded"}], "next_page_token": None},
    ]
    wire.in_turn(*(httpx.Response(200, json=page) for page in pages))
    assert [listed.video_id for listed in wire.deployment().videos()] == ["v2", "v1"]
    assert [request.url.params.get("page_token") for request in wire.requests] == [None, "older"]
