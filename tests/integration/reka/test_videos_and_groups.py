"""Fields and statuses of videos and groups, as in Reka's contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

FEATURES = {
    "transcript", "captions", "reel_captions", "embeddings", "objects", "scenes", "audio_events", "chapters",
    "thumbnails",
}  # fmt: skip
METADATA = {
    "width", "height", "avg_fps", "video_name", "title", "video_start_timestamp_utc_ms", "duration", "thumbnail",
    "thumbnails", "description", "source", "audio_tracks", "subtitle_tracks", "unreadable",
    "untranscribed", "languages",
}  # fmt: skip


@pytest.fixture
def group_id(api: httpx.Client) -> Iterator[str]:
    created = str(api.post("/v2/video-groups", json={"name": f"group {uuid4()}"}).json()["group_id"])
    yield created
    api.delete(f"/v2/video-groups/{created}")


def test_an_upload_is_accepted_and_named_after_its_file(api: httpx.Client, clip: Path) -> None:
    with clip.open("rb") as file:
        response = api.post("/v2/videos", files={"file": ("Höhle.mp4", file, "application/octet-stream")})
    body = response.json()
    assert (response.status_code, set(body)) == (202, {"video_id", "status", "metadata"})
    assert api.get(f"/v2/videos/{body['video_id']}").json()["metadata"]["video_name"] == "Höhle.mp4"
    api.delete(f"/v2/videos/{body['video_id']}")


@pytest.mark.parametrize("form", ["data", "json"])
def test_a_url_is_accepted_as_form_and_as_json(api: httpx.Client, form: str) -> None:
    response = api.post("/v2/videos", **{form: {"video_url": "http://10.0.0.1/a.mp4", "group_id": "default"}})
    assert (response.status_code, response.json()["status"]) == (202, "uploading")
    api.delete(f"/v2/videos/{response.json()['video_id']}")


def test_a_video_has_every_field(api: httpx.Client, video_id: str) -> None:
    video = api.get(f"/v2/videos/{video_id}").json()
    assert {"video_id", "url", "status", "metadata", "features", "group_id", "error"} <= set(video)
    assert (set(video["metadata"]), set(video["features"])) == (METADATA, FEATURES)
    assert set(video["features"].values()) == {"none"}
    assert (video["metadata"]["width"], video["metadata"]["height"]) == (160, 96)


def test_the_url_of_a_video_returns_its_file(api: httpx.Client, video_id: str, clip: Path) -> None:
    url = api.get(f"/v2/videos/{video_id}").json()["url"]
    assert httpx.get(url, trust_env=False, timeout=60).content == clip.read_bytes()


def test_videos_are_listed_by_id_without_unknown_ids(api: httpx.Client, video_id: str) -> None:
    listed = api.get("/v2/videos", params={"ids": [video_id, str(uuid4())]}).json()
    assert [video["video_id"] for video in listed["results"]] == [video_id]
    assert video_id in [video["video_id"] for video in api.get("/v2/videos").json()["results"]]


def test_null_changes_nothing_and_the_default_group_is_none(api: httpx.Client, video_id: str, group_id: str) -> None:
    path = f"/v2/videos/{video_id}"
    api.patch(path, json={"name": "One", "title": "Two", "group_id": group_id})
    updated = api.patch(path, json={"name": None, "description": "Three"}).json()
    assert (updated["metadata"]["video_name"], updated["metadata"]["title"], updated["group_id"]) == (
        "One",
        "Two",
        group_id,
    )
    assert api.patch(path, json={"title": "T", "name": None, "group_id": None}).json()["group_id"] == group_id
    assert api.patch(path, json={"group_id": "default"}).json()["group_id"] is None
    assert api.patch(path, json={}).status_code == 200
    assert api.patch(path, json={"group_id": "none"}).status_code == 404


def test_deletions_respond_with_a_body(api: httpx.Client, clip: Path) -> None:
    with clip.open("rb") as file:
        video_id = api.post("/v2/videos", files={"file": file}).json()["video_id"]
    group_id = api.post("/v2/video-groups", json={"name": f"group {uuid4()}"}).json()["group_id"]
    for path in (f"/v2/videos/{video_id}", f"/v2/video-groups/{group_id}"):
        response = api.delete(path)
        assert (response.status_code, response.json()["status"]) == (200, "success")
        assert api.delete(path).status_code == 404


def test_a_group_has_every_field_and_metadata_that_is_never_null(api: httpx.Client, group_id: str) -> None:
    group = api.get(f"/v2/video-groups/{group_id}").json()
    assert set(group) == {"group_id", "name", "metadata", "created_at", "updated_at"}
    assert group["metadata"] == {}
    changed = api.patch(f"/v2/video-groups/{group_id}", json={"metadata": {"team": "a"}}).json()
    assert (changed["name"], changed["metadata"]) == (group["name"], {"team": "a"})
    assert group_id in [g["group_id"] for g in api.get("/v2/video-groups").json()["results"]]


def test_a_group_name_is_unique(api: httpx.Client, group_id: str) -> None:
    name = api.get(f"/v2/video-groups/{group_id}").json()["name"]
    response = api.post("/v2/video-groups", json={"name": name})
    assert (response.status_code, response.json()["error"]["type"]) == (409, "conflict_error")


def test_videos_are_moved_all_or_none(api: httpx.Client, video_id: str, group_id: str) -> None:
    path = f"/v2/video-groups/{group_id}/videos"
    assert api.post(path, json={"video_ids": [video_id, str(uuid4())]}).status_code == 404
    assert api.get(path).json()["results"] == []
    moved = api.post(path, json={"video_ids": [video_id]})
    assert moved.json() == {"status": "success", "moved_count": 1, "group_id": group_id, "video_ids": [video_id]}
    assert [video["video_id"] for video in api.get(path).json()["results"]] == [video_id]


def test_a_plan_lists_the_desired_features_and_their_dependencies(api: httpx.Client, video_id: str) -> None:
    plan = api.post(f"/v2/videos/{video_id}/features/plan", json={"desired": ["embeddings"]}).json()
    assert (plan["video_id"], plan["done"], plan["actionable"]) == (video_id, False, ["transcript"])
    assert plan["statuses"] == {"transcript": "none", "captions": "none", "embeddings": "none"}
    assert (plan["processing"], plan["blocked"], plan["reconfigure"], plan["errors"]) == ([], [], {}, {})


@pytest.mark.parametrize("insight", ["transcript", "captions", "scenes", "objects"])
def test_an_insight_that_was_never_computed_is_a_conflict(api: httpx.Client, video_id: str, insight: str) -> None:
    response = api.get(f"/v2/videos/{video_id}/{insight}")
    assert (response.status_code, response.json()["error"]["type"]) == (409, "conflict_error")
    assert response.json()["error"]["message"] == f"Feature '{insight}' is not ready. Current status: none."


def test_a_feature_whose_dependency_is_not_ready_is_a_conflict(api: httpx.Client, video_id: str) -> None:
    response = api.post(f"/v2/videos/{video_id}/features/captions", json={"force": False})
    assert response.status_code == 409
    assert "'transcript', which is not ready. Current status: none" in response.json()["error"]["message"]


def test_a_question_about_a_video_without_captions_is_a_conflict(api: httpx.Client, video_id: str) -> None:
    question = {"messages": [{"role": "user", "content": "Why?"}], "context": [{"video_id": video_id}]}
    response = api.post("/v2/chat", json=question)
    assert (response.status_code, response.json()["error"]["type"]) == (409, "conflict_error")
    assert video_id in response.json()["error"]["message"]


def test_the_catalog_lists_what_can_be_triggered(api: httpx.Client) -> None:
    features = {info["name"]: info for info in api.get("/v2/features").json()["features"]}
    assert {name: set(info["depends_on"]) for name, info in features.items()} == {
        "transcript": set(),
        "captions": {"transcript"},
        "embeddings": {"transcript", "captions"},
        "objects": {"transcript"},
    }


def test_objects_are_detected_without_any_feature(api: httpx.Client, video_id: str) -> None:
    prompts = [{"type": "text", "text": "person"}, {"type": "text", "text": "a purple unicorn"}]
    result = api.post(f"/v2/videos/{video_id}/segment", json={"prompts": prompts}).json()
    assert (result["frame_count"], result["frame_size"]) == (8, {"width": 160, "height": 96})
    assert result["unserved_prompts"] == [1]


@pytest.mark.parametrize(
    ("range", "status"),
    [({"start": 4.5}, 422), ({"start": 0, "end": 16}, 422), ({"start": 2, "end": 1}, 400), ({"start": -1}, 400)],
)
def test_an_invalid_range_is_rejected(api: httpx.Client, video_id: str, range: dict[str, float], status: int) -> None:
    response = api.post(f"/v2/videos/{video_id}/segment", json={"prompts": [{"text": "person"}], **range})
    assert response.status_code == status
