"""HEAD is answered wherever GET is, with the same status and headers and without a body."""

from __future__ import annotations

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.kernel.ids import new_id
from cinedex.library.domain.video import Video
from starlette.testclient import TestClient

from functions.chat_stream import app as stream_app
from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

OF_THE_REQUEST = {"x-request-id", "x-ratelimit-requests-remaining", "x-ratelimit-requests-reset"}


def constant(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in OF_THE_REQUEST}


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/v2/videos", "/v2/features", "/v2/usage", "/v2/nothing"])
def test_head_has_the_status_and_the_headers_of_get_and_no_body(library: Api, path: str) -> None:
    head, get = library.head(path), library.get(path)
    assert (head.status, head.body) == (get.status, None)
    assert constant(dict(head.headers)) == constant(dict(get.headers))
    assert int(head.headers["content-length"]) > 0


def test_head_of_one_video_and_its_transcript(library: Api, video: Video) -> None:
    assert library.head(f"/v2/videos/{video.video_id}").status == 200
    assert library.head(f"/v2/videos/{video.video_id}/transcript", format="text").status == 200
    assert library.head(f"/v2/videos/{new_id()}").status == 404


def test_head_of_a_public_route_needs_no_key(library: Api) -> None:
    anonymous = Api(library.handler, scope=None)
    assert (anonymous.head("/health").status, anonymous.head("/v2/videos").status) == (200, 401)


def test_head_of_a_route_without_get_names_the_methods(chat: Api) -> None:
    answer = chat.head("/v2/search")
    assert (answer.status, answer.headers["allow"], answer.body) == (405, "POST", None)


def test_head_of_a_stream_ends_after_its_headers(memory_app: InMemoryApp, chat: Api) -> None:
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    session = chat.post("/api/v2/chat/sessions", {}).body["session_id"]
    turns = f"/api/v2/chat/sessions/{session}/turns"
    turn = chat.post(turns, {"message": "Who?"}).body["turn"]["turn_id"]
    with TestClient(stream_app) as client:
        answer = client.head(f"{turns}/{turn}/stream", headers={"x-api-key": secret})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")
