"""Reka's own MCP server, as published, works with this API: every tool is called.

It runs in an environment of its own, speaks to the API as it would to Reka's, and checks every response
with its own models.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.stack import RunningStack
from tests.support.environments import environment
from tests.support.known_videos import SAMPLES
from tests.support.mcp import McpServer, ToolFailed

TOOLS = {
    "upload_video", "list_videos", "get_video", "update_video", "delete_video", "create_group", "list_groups",
    "delete_group", "index_video", "search_videos", "ask_video", "segment_video", "get_transcript",
    "get_captions", "get_scenes", "get_feature_catalog", "summarize_video",
}  # fmt: skip
UNKNOWN_ID = "01890a5d-ac96-774b-bcce-b302099a8057"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def reka(fetching_stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[McpServer]:
    settings = {
        "REKA_VISION_API_URL": fetching_stack.url,
        "REKA_VISION_API_KEY": fetching_stack.api_key or "",
        "REKA_MCP_POLL_INTERVAL": "1",
        "NO_PROXY": "*",
        "PATH": os.environ["PATH"],
    }
    log = tmp_path_factory.mktemp("reka") / "reka-mcp.log"
    with McpServer([environment("reka-mcp") / "bin/reka-mcp"], settings, log) as server:
        yield server


@pytest.fixture(scope="module")
def indexed(reka: McpServer) -> dict[str, Any]:
    """The sample clip, uploaded and indexed in one step."""
    result: dict[str, Any] = reka.call("index_video", file_path=str(SAMPLES / "demo.mp4"), pipeline="full")
    return result


@pytest.fixture(scope="module")
def demo_video_id(indexed: dict[str, Any]) -> str:
    return str(indexed["video_id"])


@pytest.fixture
def uploaded(reka: McpServer, clip_url: str) -> Iterator[str]:
    """A video that was uploaded by URL and is not analysed."""
    result = reka.call("upload_video", video_url=clip_url, name="Fetched", description="By URL")
    video_id = str(result["video_id"])
    when_settled(reka, video_id)
    yield video_id
    reka.call("delete_video", video_id=video_id)


def when_settled(reka: McpServer, video_id: str) -> dict[str, Any]:
    for _ in range(120):
        video: dict[str, Any] = reka.call("get_video", video_id=video_id)
        if video["status"] != "uploading":
            return video
        time.sleep(0.5)
    pytest.fail("the upload did not come to an end")


def test_the_server_has_the_tools_that_are_tested(reka: McpServer) -> None:
    assert set(reka.tools()) == TOOLS


def test_a_file_is_uploaded_and_indexed_in_one_step(indexed: dict[str, Any]) -> None:
    assert indexed["status"] == "ready"
    assert indexed["features"] == dict.fromkeys(("captions", "embeddings", "transcript"), "ready")


def test_a_video_is_uploaded_by_url(reka: McpServer, uploaded: str) -> None:
    video = reka.call("get_video", video_id=uploaded)
    assert video["status"] == "uploaded"
    assert video["metadata"]["video_name"] == "Fetched"
    assert video["metadata"]["duration"] == pytest.approx(4.0, abs=0.2)


@pytest.mark.parametrize(("pipeline", "features"), [("qa_only", 2), ("search_only", 3)])
def test_an_uploaded_video_is_indexed_for_a_purpose(
    reka: McpServer, uploaded: str, pipeline: str, features: int
) -> None:
    result = reka.call("index_video", video_id=uploaded, pipeline=pipeline, scene_detection=False)
    assert (result["status"], len(result["features"])) == ("ready", features)


def test_a_url_that_cannot_be_fetched_fails_with_a_reason(reka: McpServer) -> None:
    result = reka.call("upload_video", video_url="http://10.0.0.1/secret.mp4")
    video = when_settled(reka, result["video_id"])
    assert video["status"] == "failed"
    assert "not on the public internet" in video["error"]


def test_videos_are_listed_and_described(reka: McpServer, demo_video_id: str) -> None:
    assert demo_video_id in [video["video_id"] for video in reka.call("list_videos")]
    changed = reka.call("update_video", video_id=demo_video_id, title="A short tour", description="Four pictures")
    assert (changed["metadata"]["title"], changed["metadata"]["description"]) == ("A short tour", "Four pictures")


def test_a_search_finds_the_moment(reka: McpServer, demo_video_id: str) -> None:
    hits = reka.call("search_videos", query="Who flew the space shuttle?", video_ids=[demo_video_id], max_results=3)
    best = hits["results"][0] if isinstance(hits, dict) else hits[0]
    assert best["video_id"] == demo_video_id
    assert best["start"] < 25.3
    assert best["end"] > 15.4


def test_a_question_and_a_follow_up_are_answered(reka: McpServer, demo_video_id: str) -> None:
    result = reka.call(
        "ask_video", question="Who was the first woman to pilot the space shuttle?", video_id=demo_video_id
    )
    assert "Collins" in result["answer"]
    more = reka.call("ask_video", question="And in which year?", conversation_id=result["conversation_id"])
    assert more["conversation_id"] == result["conversation_id"]


def test_a_question_about_a_stretch_of_the_video_is_answered_from_it(reka: McpServer, demo_video_id: str) -> None:
    result = reka.call("ask_video", question="Who is this about?", video_id=demo_video_id, start=15.5, end=25.0)
    assert result["answer"]


def test_people_are_detected_where_they_are_visible(reka: McpServer, demo_video_id: str) -> None:
    result = reka.call("segment_video", video_id=demo_video_id, prompts=["person", "unicorn"], start=16.0, end=20.0)
    labels = {detection["label"] for frame in result["frames"] for detection in frame["detections"]}
    assert labels == {"person"}
    boxes = [detection["bbox"] for frame in result["frames"] for detection in frame["detections"]]
    assert all(0 <= box["x_min"] < box["x_max"] <= 1 and 0 <= box["y_min"] < box["y_max"] <= 1 for box in boxes)


@pytest.mark.parametrize("format", ["text", "segments", "words"])
def test_the_transcript_is_read_in_every_format(reka: McpServer, demo_video_id: str, format: str) -> None:
    result = reka.call("get_transcript", video_id=demo_video_id, format=format, max_results=500)
    said = result["text"] if format == "text" else " ".join(part["text"] for part in result["data"])
    assert "Collins" in said


def test_captions_and_scenes_are_read(reka: McpServer, demo_video_id: str) -> None:
    assert all(entry["caption"] for entry in reka.call("get_captions", video_id=demo_video_id)["data"])
    scenes = reka.call("get_scenes", video_id=demo_video_id)["data"]
    assert [scene["index"] for scene in scenes] == list(range(len(scenes)))
    assert scenes[0]["start"] == 0


def test_a_video_is_summarised(reka: McpServer, demo_video_id: str) -> None:
    result = reka.call("summarize_video", video_id=demo_video_id)
    assert result["scene_count"] > 3
    assert result["transcript_preview"]
    assert "warnings" not in result


def test_the_catalog_lists_the_features(reka: McpServer) -> None:
    result = reka.call("get_feature_catalog")
    assert {"transcript", "captions", "embeddings", "objects"} <= set(result)


def test_a_video_is_moved_into_and_out_of_a_group_and_outlives_it(reka: McpServer, demo_video_id: str) -> None:
    group_id = reka.call("create_group", name="Tours")["group_id"]
    assert group_id in [group["group_id"] for group in reka.call("list_groups")]
    reka.call("update_video", video_id=demo_video_id, group_id=group_id, move_group=True)
    assert [video["video_id"] for video in reka.call("list_videos", group_id=group_id)] == [demo_video_id]
    assert reka.call("search_videos", query="space shuttle", group_id=group_id)
    reka.call("update_video", video_id=demo_video_id, group_id="default", move_group=True)
    assert reka.call("list_videos", group_id=group_id) == []
    reka.call("update_video", video_id=demo_video_id, group_id=group_id, move_group=True)
    assert reka.call("delete_group", group_id=group_id)["status"] == "success"
    assert reka.call("get_video", video_id=demo_video_id)["group_id"] is None


def test_an_existing_group_is_not_created_twice(reka: McpServer) -> None:
    group_id = reka.call("create_group", name="Once")["group_id"]
    with pytest.raises(ToolFailed, match="already exists"):
        reka.call("create_group", name="Once")
    reka.call("delete_group", group_id=group_id)


def test_an_insight_that_was_never_computed_is_an_error(reka: McpServer, uploaded: str) -> None:
    with pytest.raises(ToolFailed, match=r"'transcript' is not ready\. Current status: none"):
        reka.call("get_transcript", video_id=uploaded)


def test_a_video_that_does_not_exist_is_not_found(reka: McpServer) -> None:
    with pytest.raises(ToolFailed, match="No such video"):
        reka.call("get_video", video_id=UNKNOWN_ID)


def test_its_resources_are_read(reka: McpServer, demo_video_id: str) -> None:
    assert reka.resource(f"reka://videos/{demo_video_id}")["video_id"] == demo_video_id


def test_a_deleted_video_is_not_found(reka: McpServer, clip_url: str) -> None:
    video_id = reka.call("upload_video", video_url=clip_url)["video_id"]
    when_settled(reka, video_id)
    assert reka.call("delete_video", video_id=video_id)["status"] == "success"
    with pytest.raises(ToolFailed, match="No such video"):
        reka.call("get_video", video_id=video_id)
