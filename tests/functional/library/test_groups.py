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


def test_the_videos_of_a_group_are_moved_by_a_job(library: Api, video: Video) -> None:
    first, second = (library.post("/v2/video-groups", {"name": n}).body["group_id"] for n in ("A", "B"))
    library.post(f"/v2/video-groups/{first}/videos", {"video_ids": [video.video_id]})
    started = library.post(f"/v2/video-groups/{first}/move", {"target_group_id": second})
    assert started.status == 202
    shown = {name: started.body[name] for name in ("kind", "status", "group_id", "target_group_id", "videos_moved")}
    assert shown == {
        "kind": "move_group",
        "status": "done",
        "group_id": first,
        "target_group_id": second,
        "videos_moved": 1,
    }
    assert library.get(f"/v2/jobs/{started.body['job_id']}").body == started.body
    assert library.get("/v2/jobs").body["results"] == [started.body]
    assert library.get(f"/v2/jobs/{new_id()}").status == 404
    moved = library.get(f"/v2/video-groups/{second}/videos").body
    assert ([v["video_id"] for v in moved["results"]], moved["total"]) == ([video.video_id], 1)


def test_pages_of_a_list_follow_the_link_of_the_response(library: Api) -> None:
    names = ["c", "b", "a"]
    for name in names[::-1]:
        library.post("/v2/video-groups", {"name": name})
    first = library.get("/v2/video-groups", page_limit=2)
    token = first.body["next_page_token"]
    assert first.headers["link"] == f'</v2/video-groups?page_limit=2&page_token={token}>; rel="next"'
    second = library.get("/v2/video-groups", page_limit=2, page_token=token)
    assert [group["name"] for group in first.body["results"] + second.body["results"]] == names
    assert (second.body["next_page_token"], second.body["total"], "link" in second.headers) == (None, 3, False)
    other_list = library.get("/v2/video-groups", page_token=token, sort="name")
    assert (other_list.status, other_list.error["param"]) == (400, "page_token")
