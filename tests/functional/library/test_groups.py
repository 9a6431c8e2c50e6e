"""`/v2/video-groups`: collections of videos."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.kernel.ids import new_id
from cinedex.library.domain.video import Video

from tests.support.api import Api


def test_a_group_is_created_read_updated_and_deleted(library: Api) -> None:
    created = library.post("/v2/video-groups", {"name": "Launch clips", "metadata": None})
    assert (created.status, created.body["name"], created.body["metadata"]) == (200, "Launch clips", {})
    path = f"/v2/video-groups/{created.body['group_id']}"
    assert library.get(path).body == created.body
    changed = library.patch(path, {"metadata": {"team": "a"}}).body
    assert (changed["name"], changed["metadata"]) == ("Launch clips", {"team": "a"})
    assert library.get("/v2/video-groups").body == {"results": [changed], "next_page_token": None, "total": 1}
    assert library.delete(path).body == {"status": "success", "message": None}
    assert library.get(path).status == 404


def test_videos_are_moved_into_a_group_all_or_none(library: Api, video: Video) -> None:
    group_id = library.post("/v2/video-groups", {"name": "G"}).body["group_id"]
    path = f"/v2/video-groups/{group_id}/videos"
    assert library.post(path, {"video_ids": [video.video_id, new_id()]}).status == 404
    assert library.get(path).body == {"results": [], "next_page_token": None, "total": 0}
    moved = library.post(path, {"video_ids": [video.video_id]}).body
    assert moved == {"status": "success", "moved_count": 1, "group_id": group_id, "video_ids": [video.video_id]}
    assert [v["video_id"] for v in library.get(path).body["results"]] == [video.video_id]


def test_a_group_name_in_use_is_a_conflict(library: Api) -> None:
    library.post("/v2/video-groups", {"name": "G"})
    answer = library.post("/v2/video-groups", {"name": "G"})
    assert (answer.status, answer.error["type"], answer.error["param"]) == (409, "conflict_error", "name")


@pytest.mark.parametrize("name", ["", " ", "x" * 201, None, 7])
def test_an_invalid_group_name_is_malformed(library: Api, name: Any) -> None:
    assert library.post("/v2/video-groups", {"name": name}).status == 400
