"""A misspelt filter is refused with its name; ignored, it would select everything."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.kernel.ids import new_id
from cinedex.library.domain.video import Video
from fastapi import FastAPI
from starlette.testclient import TestClient

from functions.chat_api import app as chat_app
from functions.chat_stream import app as stream_app
from functions.library_api import app as library_app
from tests.functional.api.test_routes import path_of, routes
from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

HAS = (
    "created_from, created_to, feature, feature_status, group_id, ids, metadata, name, page_limit, page_token, "
    "recorded_from, recorded_to, …"
)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ids[]", "Unknown query parameter 'ids[]'. Did you mean 'ids'?"),
        ("ids[0]", "Unknown query parameter 'ids[0]'. Did you mean 'ids'?"),
        ("id", "Unknown query parameter 'id'. Did you mean 'ids'?"),
        ("IDS", "Unknown query parameter 'IDS'. Did you mean 'ids'?"),
        ("grup_id", "Unknown query parameter 'grup_id'. Did you mean 'group_id'?"),
        ("colour", f"Unknown query parameter 'colour'. This route has: {HAS}."),
        ("x" * 900, f"Unknown query parameter {'x' * 64!r}. This route has: {HAS}."),
    ],
)
def test_a_list_with_a_misspelt_filter_is_refused(library: Api, video: Video, name: str, message: str) -> None:
    answer = library.get("/v2/videos", **{name: video.video_id})
    assert (answer.status, answer.error["type"], answer.error["message"]) == (400, "validation_error", message)
    assert answer.error["param"] == name[:64]


@pytest.mark.parametrize("app", [library_app, chat_app, stream_app], ids=["library", "chat", "stream"])
def test_every_route_refuses_an_unknown_query_parameter(memory_app: InMemoryApp, app: FastAPI) -> None:
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.ADMIN)
    client = TestClient(app, headers={"x-api-key": secret})
    for method, pattern in routes(app):
        path = path_of(pattern, session_id=new_id(), turn_id=new_id())
        answer = client.request(method, path, params={"nonsense": "1"})
        assert answer.status_code in (400, 422), path
        assert "'nonsense'" in answer.json()["error"]["message"], path


def test_a_key_is_asked_for_before_a_parameter_is_looked_at(library: Api) -> None:
    assert Api(library.handler, scope=None).get("/v2/videos", grup_id="x").status == 401


def test_every_known_parameter_is_accepted(library: Api, video: Video) -> None:
    path = f"/v2/videos/{video.video_id}"
    assert library.get(f"{path}/transcript", start=0, end=60, page_limit=5, format="words").status == 200
    assert library.get(f"{path}/objects", start=0, type="person").status == 200
    assert library.get("/v2/usage", **{"from": "2026-05-01", "to": "2026-05-02"}).status == 200
    assert library.get("/v2/videos", ids=[video.video_id]).status == 200


@pytest.mark.parametrize(
    ("body", "field", "similar"),
    [
        ({"video_id": ["v"]}, "video_id", "video_ids"),
        ({"group_id": ["g"]}, "group_id", "group_ids"),
        ({"filters": {}}, "filters", "filter"),
        ({"datetime_form": "2026-05-01"}, "datetime_form", "datetime_from"),
        ({"treshold": "high"}, "treshold", "threshold"),
    ],
)
def test_a_search_with_a_misspelt_field_is_refused(chat: Api, body: dict[str, Any], field: str, similar: str) -> None:
    answer = chat.post("/v2/search", {"query": "rocket"} | body)
    assert (answer.status, answer.error["param"]) == (400, field)
    assert answer.error["message"] == f"Unknown field {field!r}. Did you mean {similar!r}?"


@pytest.mark.parametrize(("field", "similar"), [("scopes", "scope"), ("expires", "expires_at")])
def test_a_key_with_a_misspelt_limit_is_not_created(library: Api, field: str, similar: str) -> None:
    admin = Api(library.handler, scope=Scope.ADMIN)
    answer = admin.post("/v2/api-keys", {"name": "guest", field: "read"})
    assert (answer.status, answer.error["param"]) == (400, field)
    assert answer.error["message"] == f"Unknown field {field!r}. Did you mean {similar!r}?"


@pytest.mark.parametrize(
    ("filters", "field", "message"),
    [
        ({"ids": ["v"]}, "filter.ids", "Unknown field 'ids'. Did you mean 'id'?"),
        ({"duration": {"min": 5}}, "filter.duration.min", "Unknown field 'min'. This object has: gte, lte."),
    ],
)
def test_a_filter_that_does_not_exist_is_refused(chat: Api, filters: dict[str, Any], field: str, message: str) -> None:
    answer = chat.post("/v2/search", {"query": "rocket", "filter": filters})
    assert (answer.status, answer.error["param"], answer.error["message"]) == (400, field, message)


def test_an_unknown_field_that_resembles_none_is_refused_with_the_fields_that_exist(chat: Api) -> None:
    answer = chat.post("/v2/search", {"query": "rocket", "because": "x"})
    assert (answer.status, answer.error["param"]) == (400, "because")
    assert answer.error["message"].startswith("Unknown field 'because'. This object has: datetime_from, datetime_to, ")


@pytest.mark.parametrize("options", [{"use_scene_detecton": True}, {"use_scene_detecton": None}])
def test_an_option_of_a_feature_that_does_not_exist_is_refused(
    library: Api, video: Video, options: dict[str, Any]
) -> None:
    path = f"/v2/videos/{video.video_id}/features/transcript"
    answer = library.post(path, {"force": True, "chunking_config": options})
    assert (answer.status, answer.error["param"]) == (400, "chunking_config.use_scene_detecton")
    assert answer.error["message"] == "Unknown field 'use_scene_detecton'. Did you mean 'use_scene_detection'?"


def test_a_change_of_a_field_that_does_not_exist_is_refused(library: Api, video: Video) -> None:
    answer = library.patch(f"/v2/videos/{video.video_id}", {"titel": "x"})
    assert answer.error["message"] == "Unknown field 'titel'. Did you mean 'title'?"


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "application/json"])
def test_an_unknown_field_of_an_upload_is_refused(library: Api, content_type: str) -> None:
    body = b"video_url=https://m.test/a.mp4&index=true"
    if content_type == "application/json":
        body = b'{"video_url": "https://m.test/a.mp4", "index": true}'
    answer = library.call("POST", "/v2/videos", body=body, content_type=content_type)
    assert (answer.status, answer.error["param"]) == (400, "index")
    assert answer.error["message"].startswith("Unknown field 'index'. This object has: description, group_id, ")


def test_a_turn_with_a_misspelt_scope_is_refused_in_the_format_of_its_api(chat: Api) -> None:
    session = chat.post("/api/v2/chat/sessions", {}).body["session_id"]
    answer = chat.post(f"/api/v2/chat/sessions/{session}/turns", {"message": "Who?", "scope": {"index_id": ["i"]}})
    error = answer.body["error"]
    assert (answer.status, error["code"], error["details"]["param"]) == (422, "validation_error", "scope.index_id")
    assert error["message"] == "Unknown field 'index_id'. Did you mean 'index_ids'?"


@pytest.mark.parametrize(
    ("query", "message", "field"),
    [
        ({"start": "nan"}, "start must be a number of seconds from 0.", "start"),
        ({"end": "nan"}, "end must be a number of seconds from 0, and not before start.", "end"),
        ({"start": "soon"}, "start must be a number.", "start"),
        ({"start": -1}, "start must be a number of seconds from 0.", "start"),
        ({"start": 5, "end": 4}, "end must be a number of seconds from 0, and not before start.", "end"),
        ({"page_limit": 0}, "page_limit must lie between 1 and 500.", "page_limit"),
        ({"format": "ass"}, "format must be 'segments', 'words', 'text', 'srt' or 'vtt'.", "format"),
    ],
)
def test_an_invalid_parameter_is_named_with_its_rule(
    library: Api, video: Video, query: dict[str, Any], message: str, field: str
) -> None:
    answer = library.get(f"/v2/videos/{video.video_id}/transcript", **query)
    assert (answer.status, answer.error["message"], answer.error["param"]) == (400, message, field)


def test_a_body_that_is_missing_or_is_no_object_is_named(library: Api) -> None:
    assert library.call("POST", "/v2/video-groups").error["message"] == "The body is required."
    assert library.post("/v2/video-groups", [1]).error["message"] == "The body must be an object."
    broken = library.call("POST", "/v2/video-groups", body=b'{"name": }')
    assert broken.error["message"] == "The body is not valid JSON. It cannot be read at line 1, column 10."


@pytest.mark.parametrize(
    ("content_type", "declared"),
    [
        ("text/plain", "of type text/plain"),
        ("text/html; charset=utf-8", "of type text/html"),
        ("", "of no declared type"),
    ],
)
def test_a_body_that_is_not_declared_as_json_is_refused_with_its_type(
    library: Api, content_type: str, declared: str
) -> None:
    answer = library.call("POST", "/v2/video-groups", body=b'{"name": "Tours"}', content_type=content_type)
    assert (answer.status, answer.error["param"]) == (400, "Content-Type")
    assert answer.error["message"] == f"The body is {declared}. Send it with Content-Type: application/json."
    assert library.post("/v2/video-groups", "Tours").error["message"] == "The body must be an object."
