"""An API key cannot read, use or change anything of another account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs/openapi.json").read_text(encoding="utf-8"))
BODIES: dict[str, Any] = {
    "/v2/chat": {"messages": [{"role": "user", "content": "Why?"}], "context": [{"video_id": "{video_id}"}]},
    "/v2/chat/stream": {"messages": [{"role": "user", "content": "Why?"}], "context": [{"video_id": "{video_id}"}]},
    "/v2/videos/{video_id}/features": {"desired": ["captions"]},
    "/v2/videos/{video_id}/features/plan": {"desired": ["captions"]},
    "/v2/videos/{video_id}/segment": {"prompts": [{"text": "person"}]},
    "/v2/video-groups/{group_id}/videos": {"video_ids": ["{video_id}"]},
    "/v2/video-groups/{group_id}/move": {"target_group_id": "{target_id}"},
}
NAMING_SOMETHING = [
    (method.upper(), path)
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
    if path.startswith("/v2/") and ("{" in path or path == "/v2/chat")
]


@pytest.fixture
def owned(api: httpx.Client, video_id: str) -> Iterator[dict[str, str]]:
    group_id, target_id = (_group(api) for _ in range(2))
    job_id = api.post(f"/v2/video-groups/{group_id}/move", json={"target_group_id": target_id}).json()["job_id"]
    key_id = api.post("/v2/api-keys", json={"name": "owned"}).json()["key_id"]
    file = ("owned.srt", b"1\n00:00:00,500 --> 00:00:01,000\nMine.\n")
    subtitles = f"/v2/videos/{video_id}/subtitles"
    subtitle_id = api.post(subtitles, files={"file": file}).json()["subtitle_id"]
    named = {"video_id": video_id, "group_id": group_id, "target_id": target_id, "key_id": key_id, "job_id": job_id}
    yield named | {"subtitle_id": subtitle_id, "feature": "transcript"}
    api.delete(f"{subtitles}/{subtitle_id}")
    for group in (group_id, target_id):
        api.delete(f"/v2/video-groups/{group}")
    api.delete(f"/v2/api-keys/{key_id}")


@pytest.mark.parametrize(("method", "path"), NAMING_SOMETHING)
def test_resources_of_another_account_are_not_found(
    api: httpx.Client, other_account: httpx.Client, owned: dict[str, str], method: str, path: str
) -> None:
    text = json.dumps(BODIES.get(path, {}))
    for name, identity in owned.items():
        text = text.replace(f"{{{name}}}", identity)
    body = json.loads(text)
    before = _state(api, owned)
    response = other_account.request(method, path.format(**owned), json=body if method != "GET" else None)
    assert (response.status_code, response.json()["error"]["type"]) == (404, "not_found_error")
    assert _state(api, owned) == before


@pytest.mark.parametrize("path", ["/v2/videos", "/v2/video-groups", "/v2/api-keys", "/v2/jobs"])
def test_lists_contain_nothing_of_another_account(
    other_account: httpx.Client, owned: dict[str, str], path: str
) -> None:
    assert not any(identity in other_account.get(path).text for identity in owned.values() if len(identity) > 30)


def test_a_search_of_a_video_of_another_account_finds_nothing(
    other_account: httpx.Client, owned: dict[str, str]
) -> None:
    assert other_account.get("/v2/videos", params={"ids": [owned["video_id"]]}).json()["results"] == []
    results = other_account.post("/v2/search", json={"query": "a", "video_ids": [owned["video_id"]]}).json()
    assert results["search_pool"]["video_count"] == 0


def test_a_video_cannot_be_moved_into_a_group_of_another_account(
    other_account: httpx.Client, owned: dict[str, str]
) -> None:
    sent = {"video_url": "http://10.0.0.1/a.mp4", "group_id": owned["group_id"]}
    assert other_account.post("/v2/videos", data=sent).status_code == 404


def _group(api: httpx.Client) -> str:
    created: str = api.post("/v2/video-groups", json={"name": f"group {uuid4()}"}).json()["group_id"]
    return created


def _state(api: httpx.Client, owned: dict[str, str]) -> list[Any]:
    video = api.get(f"/v2/videos/{owned['video_id']}").json()
    group = api.get(f"/v2/video-groups/{owned['group_id']}").json()
    subtitles = api.get(f"/v2/videos/{owned['video_id']}/subtitles").json()
    return [{**video, "url": None}, group, subtitles, api.get("/v2/api-keys").json()]
