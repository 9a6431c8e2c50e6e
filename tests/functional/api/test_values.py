"""Values of another JSON type, repeated names, and ids in another spelling."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.kernel.ids import new_id
from cinedex.library.domain.video import Video

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

SEARCH = {"query": "rocket"}


@pytest.mark.parametrize(
    ("body", "field", "requirement"),
    [
        ({"page_limit": "12"}, "page_limit", "must be an integer"),
        ({"page_limit": True}, "page_limit", "must be an integer"),
        ({"page_limit": 1.5}, "page_limit", "must be an integer"),
        ({"timestamp_from": "12"}, "timestamp_from", "must be a number"),
        ({"timestamp_from": False}, "timestamp_from", "must be a number"),
        ({"filter": {"width": {"gte": "640"}}}, "filter.width.gte", "must be a number"),
        (
            {"filter": {"metadata": {"floor": {"gte": "3"}}}},
            "filter.metadata.floor",
            "is not valid: gte must be a number",
        ),
        (
            {"filter": {"metadata": {"floor": {"lte": True}}}},
            "filter.metadata.floor",
            "is not valid: lte must be a number",
        ),
        ({"rerank": "yes"}, "rerank", "must be true or false"),
        ({"rerank": 1}, "rerank", "must be true or false"),
        ({"datetime_from": 1714557600}, "datetime_from", "must be a date and time such as 2026-05-01T10:00:00Z"),
        ({"datetime_from": "1714557600"}, "datetime_from", "must be a date and time such as 2026-05-01T10:00:00Z"),
    ],
)
def test_a_value_of_another_json_type_is_refused(chat: Api, body: dict[str, Any], field: str, requirement: str) -> None:
    answer = chat.post("/v2/search", SEARCH | body)
    assert (answer.status, answer.error["param"], answer.error["message"]) == (400, field, f"{field} {requirement}.")


@pytest.mark.parametrize("body", [{"page_limit": 5.0}, {"timestamp_from": 3}, {"datetime_from": "2026-05-01"}])
def test_an_equal_json_value_in_another_notation_is_accepted(chat: Api, body: dict[str, Any]) -> None:
    assert chat.post("/v2/search", SEARCH | body).status == 200


def test_numbers_of_a_form_are_text(memory_app: InMemoryApp, library: Api) -> None:
    body = b"video_url=https://m.test/a.mp4&video_start_timestamp_utc_ms=1000"
    answer = library.call("POST", "/v2/videos", body=body, content_type="application/x-www-form-urlencoded")
    recorded = memory_app.videos.get(ACCOUNT, answer.body["video_id"]).recorded_at
    assert recorded is not None
    assert recorded.timestamp() == 1.0
    refused = library.post("/v2/videos", {"video_url": "https://m.test/a.mp4", "video_start_timestamp_utc_ms": "1000"})
    assert refused.error["message"] == "video_start_timestamp_utc_ms must be an integer."


def test_a_repeated_query_parameter_is_refused_unless_it_is_a_list(library: Api, video: Video) -> None:
    answer = library.get(f"/v2/videos/{video.video_id}/transcript", start=[1, 2])
    assert (answer.status, answer.error["param"]) == (400, "start")
    assert answer.error["message"] == "The query parameter 'start' is given 2 times; give it once."
    assert library.get("/v2/videos", ids=[video.video_id, new_id()]).status == 200


def test_a_day_is_no_number(library: Api) -> None:
    answer = library.get("/v2/usage", **{"from": "12"})
    assert (answer.status, answer.error["message"]) == (400, "from must be a date such as 2026-05-01.")


def test_a_repeated_field_of_an_object_is_refused(chat: Api) -> None:
    answer = chat.call("POST", "/v2/search", body=b'{"query": "a", "filter": {"id": [], "id": []}, "rerank": false}')
    assert (answer.status, answer.error["param"]) == (400, "id")
    assert answer.error["message"] == "The body has the field 'id' 2 times in one object."


def test_a_repeated_field_of_a_form_is_refused(library: Api) -> None:
    body = b"video_url=https://m.test/a.mp4&title=a&title=b"
    answer = library.call("POST", "/v2/videos", body=body, content_type="application/x-www-form-urlencoded")
    assert (answer.status, answer.error["param"]) == (400, "title")
    assert answer.error["message"] == "The form has the field 'title' more than once."


def test_an_id_in_capitals_names_the_same_object(library: Api, chat: Api, video: Video) -> None:
    group_id = library.post("/v2/video-groups", {"name": "Tours"}).body["group_id"]
    group, capital = f"/v2/video-groups/{group_id.upper()}", video.video_id.upper()
    assert library.post(f"{group}/videos", {"video_ids": [capital]}).body["video_ids"] == [video.video_id]
    assert library.get(group).body["group_id"] == group_id
    assert [v["video_id"] for v in library.get(f"{group}/videos").body["results"]] == [video.video_id]
    assert library.patch(group, {"name": "Walks"}).body["group_id"] == group_id
    assert library.patch(f"/v2/videos/{capital}", {"group_id": group_id.upper()}).body["group_id"] == group_id
    assert library.get("/v2/videos", ids=capital).body["results"][0]["video_id"] == video.video_id
    for scope in ({"video_ids": [capital]}, {"group_ids": [group_id.upper()]}, {"filter": {"id": [capital]}}):
        assert chat.post("/v2/search", SEARCH | scope).body["search_pool"]["video_count"] == 1
    question = {"messages": [{"role": "user", "content": "Who drinks coffee?"}], "context": [{"video_id": capital}]}
    assert chat.post("/v2/chat", question).status == 200
    session = chat.post("/api/v2/chat/sessions", {}).body["session_id"].upper()
    turn = {"message": "Who drinks coffee?", "scope": {"index_ids": [group_id.upper()]}}
    assert chat.post(f"/api/v2/chat/sessions/{session}/turns", turn).body["turn"]["scope"]["index_ids"] == [group_id]
    assert library.delete(group).status == 200


def test_a_key_is_revoked_by_its_id_in_capitals(library: Api) -> None:
    key_id = library.post("/v2/api-keys", {"name": "guest"}).body["key_id"]
    assert library.delete(f"/v2/api-keys/{key_id.upper()}").body["revoked_at"] is not None


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v2/search", SEARCH | {"video_ids": ["x"]}, "video_ids.0"),
        ("/v2/search", SEARCH | {"group_ids": ["x"]}, "group_ids.0"),
        ("/v2/search", SEARCH | {"filter": {"id": [new_id(), "x"]}}, "filter.id.1"),
        (
            "/v2/chat",
            {"messages": [{"role": "user", "content": "Who?"}], "context": [{"video_id": "0x" + 30 * "1"}]},
            "context.0.video_id",
        ),
    ],
)
def test_what_is_no_id_is_refused(chat: Api, path: str, body: dict[str, Any], field: str) -> None:
    answer = chat.post(path, body)
    assert (answer.status, answer.error["param"], answer.error["message"]) == (400, field, f"{field} must be a UUID.")


def test_a_group_that_is_no_id_does_not_exist(library: Api, video: Video) -> None:
    for group_id in ("x", "Default"):
        answer = library.patch(f"/v2/videos/{video.video_id}", {"group_id": group_id})
        assert (answer.status, answer.error["param"]) == (404, "group_id")
    assert library.get("/v2/video-groups/x").status == 404
