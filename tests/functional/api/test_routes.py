"""Every route of every API: its scope, isolation between accounts, and the body of its errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.adapters.unavailable_segment_index import UnavailableSegmentIndex
from cinedex.kernel import errors
from cinedex.kernel.ids import new_id
from fastapi import FastAPI
from starlette.testclient import TestClient

from functions.chat_api import app as chat_app
from functions.chat_stream import app as stream_app
from functions.library_api import app as library_app
from tests.support.api import Api, api_routes
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.scenario import NOON

OPEN = {"/health", "/openapi.json", "/api/v2/webhooks/events"}
READ, WRITE, ADMIN, SEARCH = Scope.READ, Scope.WRITE, Scope.ADMIN, Scope.SEARCH

V, G = "/v2/videos/{video_id}", "/v2/video-groups/{group_id}"
LIBRARY: dict[tuple[str, str], tuple[Scope, Any]] = {
    ("GET", "/v2/videos"): (READ, None),
    ("POST", "/v2/videos"): (WRITE, {"video_url": "https://media.test/a.mp4"}),
    ("POST", "/v2/videos/uploads"): (WRITE, {"video_name": "a.mp4", "size_bytes": 5}),
    ("POST", f"{V}/uploads/complete"): (WRITE, {}),
    ("GET", V): (READ, None),
    ("PATCH", V): (WRITE, {"title": "T"}),
    ("DELETE", V): (ADMIN, None),
    ("GET", "/v2/features"): (READ, None),
    ("POST", f"{V}/features/plan"): (READ, {"desired": ["transcript"]}),
    ("POST", f"{V}/features"): (WRITE, {"desired": ["transcript"]}),
    ("POST", f"{V}/features/{{feature}}"): (WRITE, {}),
    ("GET", f"{V}/transcript"): (READ, None),
    ("GET", f"{V}/captions"): (READ, None),
    ("GET", f"{V}/screen-text"): (READ, None),
    ("GET", f"{V}/scenes"): (READ, None),
    ("GET", f"{V}/objects"): (READ, None),
    ("GET", f"{V}/subtitles"): (READ, None),
    ("POST", f"{V}/subtitles"): (WRITE, None),
    ("GET", f"{V}/subtitles/{{subtitle_id}}"): (READ, None),
    ("DELETE", f"{V}/subtitles/{{subtitle_id}}"): (WRITE, None),
    ("GET", "/v2/video-groups"): (READ, None),
    ("POST", "/v2/video-groups"): (WRITE, {"name": "G"}),
    ("GET", G): (READ, None),
    ("PATCH", G): (WRITE, {"name": "H"}),
    ("DELETE", G): (ADMIN, None),
    ("GET", f"{G}/videos"): (READ, None),
    ("POST", f"{G}/videos"): (WRITE, {"video_ids": [new_id()]}),
    ("POST", f"{G}/move"): (WRITE, {"target_group_id": new_id()}),
    ("GET", f"{G}/policy"): (READ, None),
    ("PUT", f"{G}/policy"): (ADMIN, {"features": ["transcript"], "retention_days": 30}),
    ("GET", "/v2/drop"): (READ, None),
    ("GET", "/v2/drop/rejected"): (READ, None),
    ("POST", "/v2/drop/uploads"): (WRITE, {"path": "Trips/clip.mp4", "size_bytes": 9}),
    ("POST", "/v2/drop/uploads/complete"): (
        WRITE,
        {"path": "Trips/clip.mp4", "upload_id": "u", "parts": [{"part_number": 1, "etag": "e"}]},
    ),
    ("GET", "/v2/drop/backfill"): (READ, None),
    ("POST", "/v2/drop/backfill"): (ADMIN, {}),
    ("GET", "/v2/drop/backfill/{job_id}"): (READ, None),
    ("GET", "/v2/drop/policy"): (READ, None),
    ("PUT", "/v2/drop/policy"): (ADMIN, {"features": None}),
    ("GET", "/v2/jobs"): (READ, None),
    ("GET", "/v2/jobs/{job_id}"): (READ, None),
    ("POST", f"{V}/segment"): (SEARCH, {"prompts": [{"text": "person"}]}),
    ("GET", "/v2/usage"): (READ, None),
    ("GET", "/v2/api-keys"): (ADMIN, None),
    ("POST", "/v2/api-keys"): (ADMIN, {"name": "K"}),
    ("DELETE", "/v2/api-keys/{key_id}"): (ADMIN, None),
}
"""The scope that each route requires, and a valid request."""

ASK = {"messages": [{"role": "user", "content": "Who pilots the shuttle?"}]}
CHAT: dict[tuple[str, str], tuple[Scope, Any]] = {
    ("POST", "/v2/search"): (SEARCH, {"query": "rocket"}),
    ("POST", "/v2/chat"): (SEARCH, ASK),
}
STREAM: dict[tuple[str, str], tuple[Scope, Any]] = {("POST", "/v2/chat/stream"): (SEARCH, ASK)}

SESSIONS = "/api/v2/chat/sessions"
TURNS = f"{SESSIONS}/{{session_id}}/turns"
SESSION_ROUTES = {
    *[
        ("POST", SESSIONS),
        ("GET", SESSIONS),
        ("GET", f"{SESSIONS}/{{session_id}}"),
        ("DELETE", f"{SESSIONS}/{{session_id}}"),
    ],
    *[("POST", TURNS), ("GET", TURNS), ("GET", f"{TURNS}/{{turn_id}}"), ("POST", f"{TURNS}/{{turn_id}}/cancel")],
}
"""Tested in `functional/chat`."""
HOOKS = "/api/v2/webhooks"
WEBHOOK_ROUTES = {
    *[("GET", HOOKS), ("POST", HOOKS)],
    *[(method, f"{HOOKS}/{{webhook_id}}") for method in ("GET", "PATCH", "DELETE")],
    *[("POST", f"{HOOKS}/{{webhook_id}}/{action}") for action in ("rotate-secret", "test")],
    ("GET", f"{HOOKS}/{{webhook_id}}/deliveries"),
    *[("GET", f"{HOOKS}/deliveries/{{delivery_id}}"), ("POST", f"{HOOKS}/deliveries/{{delivery_id}}/retry")],
}
"""Tested in `functional/webhooks`."""
EVENT_ROUTES = {("GET", "/v2/events")}
"""Tested in `functional/events`."""
STREAM_ROUTES = {("POST", f"{TURNS}/stream"), ("GET", f"{TURNS}/{{turn_id}}/stream")}


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """As listed in the OpenAPI document."""
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            yield method.upper(), path


@pytest.mark.parametrize(
    ("app", "known"),
    [
        (library_app, set(LIBRARY) | WEBHOOK_ROUTES),
        (chat_app, set(CHAT) | SESSION_ROUTES),
        (stream_app, set(STREAM) | STREAM_ROUTES | EVENT_ROUTES),
    ],
    ids=["library", "chat", "stream"],
)
def test_every_route_is_listed_with_its_scope(app: FastAPI, known: set[tuple[str, str]]) -> None:
    assert {r for r in routes(app) if r[1] not in OPEN} == known


def test_every_route_is_in_the_openapi_document() -> None:
    for app in (library_app, chat_app, stream_app):
        listed = api_routes(app)
        assert listed
        assert all(r.include_in_schema for r in listed)


def path_of(pattern: str, **ids: str) -> str:
    return pattern.format(
        **{name: new_id() for name in ("video_id", "group_id", "job_id", "key_id", "webhook_id", "delivery_id")}
        | {"feature": "transcript", "subtitle_id": "s"}
        | ids
    )


ALL = [("library", method, path) for method, path in LIBRARY] + [("chat", method, path) for method, path in CHAT]


def requirement(api: str, method: str, path: str) -> tuple[Scope, Any]:
    return (LIBRARY if api == "library" else CHAT)[method, path]


def test_health_needs_no_key(library: Api) -> None:
    answer = Api(library.handler, scope=None).get("/health")
    assert (answer.status, answer.body) == (200, {"status": "ok"})


@pytest.mark.parametrize(("api", "method", "path"), ALL)
def test_a_route_requires_an_api_key(request: pytest.FixtureRequest, api: str, method: str, path: str) -> None:
    _, document = requirement(api, method, path)
    anonymous = Api(request.getfixturevalue(api).handler, scope=None)
    answer = anonymous.call(method, path_of(path), document=document)
    assert (answer.status, answer.error["type"]) == (401, "authentication_error")


@pytest.mark.parametrize(("api", "method", "path"), [a for a in ALL if requirement(*a)[0] > Scope.SEARCH])
def test_a_route_requires_its_scope(request: pytest.FixtureRequest, api: str, method: str, path: str) -> None:
    required, document = requirement(api, method, path)
    lower = Api(request.getfixturevalue(api).handler, scope=Scope(required - 1))
    answer = lower.call(method, path_of(path), document=document)
    assert (answer.status, answer.error["type"]) == (403, "permission_error")
    assert required.label in answer.error["message"]


@pytest.mark.parametrize(("api", "method", "path"), ALL)
def test_a_caller_with_the_scope_is_accepted(request: pytest.FixtureRequest, api: str, method: str, path: str) -> None:
    required, document = requirement(api, method, path)
    allowed = Api(request.getfixturevalue(api).handler, scope=required)
    assert allowed.call(method, path_of(path), document=document).status in (200, 202, 404)


@pytest.mark.parametrize(("method", "path"), [r for r in LIBRARY if "{video_id}" in r[1]])
def test_a_video_of_another_account_is_not_found_and_unchanged(
    memory_app: InMemoryApp, library: Api, method: str, path: str
) -> None:
    foreign = memory_app.analysed(account_id="other")
    _, document = LIBRARY[method, path]
    answer = library.call(method, path_of(path, video_id=foreign.video_id), document=document)
    unknown = library.call(method, path_of(path), document=document)
    assert (answer.status, answer.body) == (404, unknown.body)
    assert memory_app.now(foreign) == foreign
    assert foreign.media.key in memory_app.media.files


@pytest.mark.parametrize(("method", "path"), [r for r in LIBRARY if "{group_id}" in r[1]])
def test_a_group_of_another_account_is_not_found_and_unchanged(
    memory_app: InMemoryApp, library: Api, method: str, path: str
) -> None:
    foreign = memory_app.groups.create("other", "Secrets", {})
    _, document = LIBRARY[method, path]
    answer = library.call(method, path_of(path, group_id=foreign.collection_id), document=document)
    unknown = library.call(method, path_of(path), document=document)
    assert (answer.status, answer.body) == (404, unknown.body)
    assert memory_app.groups.get("other", foreign.collection_id) == foreign


def test_a_video_of_another_account_is_not_used_in_search_or_chat(memory_app: InMemoryApp, chat: Api) -> None:
    foreign = memory_app.analysed(account_id="other")
    results = chat.post("/v2/search", {"query": "rocket", "video_ids": [foreign.video_id], "threshold": "none"})
    assert (results.status, results.body["data"], results.body["search_pool"]["video_count"]) == (200, [], 0)
    answer = chat.post("/v2/chat", ASK | {"context": [{"video_id": foreign.video_id}]})
    assert (answer.status, answer.error["type"]) == (404, "not_found_error")


@pytest.mark.parametrize("video_id", ["nonsense", "..%2F..%2Fetc", "%00", "V%23x", "0" * 5000])
@pytest.mark.parametrize(("method", "path"), [r for r in LIBRARY if "{video_id}" in r[1]])
def test_an_invalid_video_id_is_rejected(library: Api, method: str, path: str, video_id: str) -> None:
    _, document = LIBRARY[method, path]
    answer = library.call(method, path_of(path, video_id=video_id), document=document)
    assert answer.status in (400, 404)
    assert answer.error["type"] in ("validation_error", "not_found_error")


# Errors

RAISED = [
    (errors.InvalidInput("x", field="p"), 400, "validation_error"),
    (errors.NotAuthenticated("x"), 401, "authentication_error"),
    (errors.NotPermitted("x"), 403, "permission_error"),
    (errors.NotFound("x"), 404, "not_found_error"),
    (errors.StateConflict("x"), 409, "conflict_error"),
    (errors.StaleRevision("x"), 409, "conflict_error"),
    (errors.RequestInProgress("x"), 409, "conflict_error"),
    (errors.KeyReused("x"), 422, "validation_error"),
    (errors.KeyConflict("x"), 422, "validation_error"),
    (errors.TooLarge("x"), 413, "validation_error"),
    (errors.ImpossibleValue("x"), 422, "validation_error"),
    (errors.MediaError("corrupt_media", "x"), 422, "validation_error"),
    (errors.TooManyRequests("x", retry_after_s=7), 429, "rate_limit_error"),
    (errors.BudgetExceeded("x", retry_after_s=7, resets_at=NOON), 429, "rate_limit_error"),
    (errors.AnalysisFailed("x"), 500, "server_error"),
    (errors.InternalError("x"), 500, "server_error"),
    (errors.TurnBudgetExceeded("x", retry_after_s=7, resets_at=NOON), 429, "rate_limit_error"),
    (errors.TokenBudgetExceeded("x", retry_after_s=7, resets_at=NOON), 429, "rate_limit_error"),
    (errors.VideoBudgetExceeded("x", retry_after_s=7, resets_at=NOON), 429, "rate_limit_error"),
    (errors.Unavailable("x"), 503, "server_error"),
]
WORDED = [
    (errors.VideoNotFound(), 404, "No such video.", "video_id"),
    (errors.VideoNotFound("v1", field="video_ids"), 404, "No such video: v1", "video_ids"),
    (errors.CollectionNotFound(), 404, "No such video group.", "group_id"),
    (errors.JobNotFound(), 404, "No such job.", "job_id"),
    (errors.CollectionNameTaken("G"), 409, "A video group named 'G' already exists.", "name"),
    (errors.RunNotFound(), 404, "No such run.", "run_id"),
    (errors.ApiKeyNotFound(), 404, "No such API key.", "key_id"),
    (errors.SessionNotFound(), 404, "No such chat session.", "session_id"),
    (errors.TurnNotFound(), 404, "No such turn.", "turn_id"),
    (errors.SubtitlesNotFound("s1"), 404, "No such subtitle track: s1", "subtitle_id"),
    (errors.WebhookNotFound(), 404, "No such webhook.", "webhook_id"),
    (errors.PromptRunNotFound("p1"), 404, "No such prompt run: p1", "prompt_run_id"),
]
"""Errors that word their own message, with the message and the parameter that clients see."""


def raising(error: Exception) -> Any:
    def get(*_: object) -> None:
        raise error

    return get


@pytest.mark.parametrize(("error", "status", "kind"), RAISED, ids=lambda v: type(v).__name__)
def test_a_domain_error_has_its_status_and_type(
    memory_app: InMemoryApp, library: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, kind: str
) -> None:
    monkeypatch.setattr(memory_app.videos, "get", raising(error))
    answer = library.get(f"/v2/videos/{new_id()}")
    assert (answer.status, answer.error["type"], answer.error["message"]) == (status, kind, "x")
    assert answer.error.get("param") == getattr(error, "field", None)
    assert answer.headers.get("retry-after") == ("7" if status == 429 else "0")


@pytest.mark.parametrize(("error", "status", "message", "parameter"), WORDED, ids=lambda v: type(v).__name__)
def test_a_domain_error_has_the_message_and_parameter_of_the_dialect(
    memory_app: InMemoryApp,
    library: Api,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    message: str,
    parameter: str,
) -> None:
    monkeypatch.setattr(memory_app.videos, "get", raising(error))
    answer = library.get(f"/v2/videos/{new_id()}")
    assert (answer.status, answer.error["message"], answer.error["param"]) == (status, message, parameter)


def test_every_domain_error_is_tested() -> None:
    def below(kind: type[Exception]) -> Iterator[type[Exception]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    ours = {e for e in below(errors.CinedexError) if e.__module__ == errors.__name__}
    # Those that say when to try again: test_aws_errors.py and test_silent_language_model.py
    not_now = {errors.StoreUnavailable, errors.StorageFull, errors.LanguageModelUnavailable}
    assert ours - {errors.EntityNotFound} - not_now == {type(error) for error, *_ in (*RAISED, *WORDED)}


def test_an_internal_error_does_not_expose_its_details(
    memory_app: InMemoryApp, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_app.videos, "get", raising(ZeroDivisionError("secret detail")))
    answer = library.get(f"/v2/videos/{new_id()}")
    assert (answer.status, answer.error["type"]) == (500, "server_error")
    assert "secret" not in str(answer.body)
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/", "/v2", "/v2/nothing", "/v2/videos/", "/v3/videos", "/docs"])
def test_an_unknown_route_is_not_found(library: Api, path: str) -> None:
    answer = library.get(path)
    assert (answer.status, answer.error) == (404, {"type": "not_found_error", "message": "No such route."})


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/v2/nothing", "/v2/videos/", "/v3/videos", "/api/v2/auth/processing-activity"])
@pytest.mark.parametrize("application", ["library", "chat"])
def test_an_unknown_route_asks_for_a_key_first(
    request: pytest.FixtureRequest, application: str, method: str, path: str
) -> None:
    anonymous = Api(request.getfixturevalue(application).handler, scope=None)
    answer = anonymous.call(method, path, body=b"{" if method == "POST" else None)
    code = answer.body["error"].get("type") or answer.body["error"]["code"]
    assert (answer.status, code.split("_")[0]) == (401, "authentication")


def test_a_known_route_asks_for_a_key_before_it_looks_at_method_and_body(library: Api) -> None:
    anonymous = Api(library.handler, scope=None)
    assert anonymous.call("PUT", f"/v2/videos/{new_id()}").status == 401
    assert anonymous.call("POST", "/v2/video-groups", body=b"{").status == 401


@pytest.mark.parametrize("path", ["/v2/nothing", "/api/v2/nothing"])
def test_the_stream_application_asks_for_a_key_before_it_says_that_a_route_is_unknown(
    memory_app: InMemoryApp, path: str
) -> None:
    assert TestClient(stream_app).get(path, headers={"x-api-key": "sk_live_bad"}).status_code == 401


def test_an_unsupported_method_gets_the_supported_ones(library: Api) -> None:
    answer = library.call("PUT", f"/v2/videos/{new_id()}")
    assert (answer.status, answer.error["type"]) == (405, "validation_error")
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    "body", [b"{", b"", b"[]", b"null", b'"x"', b"\xff", b'{"name": {}}', b"[" * 100_000, b'{"a":' * 50_000, b"NaN"]
)
def test_json_of_another_shape_is_malformed(library: Api, body: bytes) -> None:
    answer = library.call("POST", "/v2/video-groups", body=body)
    assert (answer.status, answer.error["type"]) == (400, "validation_error")


@pytest.mark.parametrize(
    "document",
    [
        b'{"name": "\\ud800"}',
        b'{"name": "G", "metadata": {"x": "\\ud800"}}',
        b'{"name": "G", "metadata": {"\\ud800": 1}}',
        b'{"name": "G", "metadata": {"x": NaN}}',
    ],
)
def test_json_that_cannot_be_stored_is_malformed(library: Api, document: bytes) -> None:
    answer = library.call("POST", "/v2/video-groups", body=document)
    assert (answer.status, answer.error["type"]) == (400, "validation_error")


def test_an_error_names_the_malformed_field(library: Api) -> None:
    answer = library.post("/v2/videos/uploads", {"video_name": "a.mp4", "size_bytes": "many"})
    assert (answer.status, answer.error["param"]) == (400, "size_bytes")
    assert answer.error["details"][0]["loc"] == ["body", "size_bytes"]


def test_every_response_has_its_own_request_id(library: Api) -> None:
    ids = [library.get(path).headers["x-request-id"] for path in ("/health", "/v2/features", "/nothing")]
    assert len(set(ids)) == 3


def test_a_header_cannot_be_injected_through_a_name(memory_app: InMemoryApp, library: Api) -> None:
    answer = library.post("/v2/videos", {"video_url": "https://m.test/a%0d%0aX-Evil:%201.mp4"})
    assert answer.status == 202
    assert "x-evil" not in {name.lower() for name in answer.headers}
    assert "\n" not in memory_app.videos.get(ACCOUNT, answer.body["video_id"]).media.key


@pytest.mark.parametrize("name", ["a\r\nb", "bell \a", "\x1b[31mred"])
def test_a_name_with_control_characters_is_malformed(memory_app: InMemoryApp, library: Api, name: str) -> None:
    answer = library.post("/v2/videos", {"video_url": "https://m.test/a.mp4", "video_name": name})
    assert (answer.status, answer.error["param"]) == (400, "video_name")
    video = memory_app.uploaded(account_id=ACCOUNT)
    assert library.patch(f"/v2/videos/{video.video_id}", {"name": name}).status == 400


# Search and answers


@pytest.mark.parametrize("strategy", ["semantic", "text"])
def test_a_search_without_a_store_is_unavailable(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch, strategy: str
) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    monkeypatch.setattr("cinedex.bootstrap.providers.segment_index", UnavailableSegmentIndex)
    answer = chat.post("/v2/search", {"query": "rocket", "strategy": strategy})
    assert (answer.status, answer.error["type"]) == (503, "server_error")


def test_a_search_finds_a_spoken_word_and_its_place(memory_app: InMemoryApp, chat: Api) -> None:
    video = memory_app.analysed(account_id=ACCOUNT, name="Tour")
    answer = chat.post("/v2/search", {"query": "rocket", "strategy": "text"})
    (hit,) = answer.body["data"]
    assert (hit["video_id"], hit["video_name"], hit["start"]) == (video.video_id, "Tour", 0.0)
    assert answer.body["search_pool"] == {"video_count": 1, "total_duration": 60.0}


def test_a_search_responds_with_the_parsed_query(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    early = chat.post("/v2/search", {"query": "rocket before 0:20, no dogs", "threshold": "none"})
    assert early.body["parsed_query"] == {
        "text": "rocket",
        "must_not": ["dogs"],
        "phrases": [],
        "range": {"words": ["before 0:20"], "relative": False, "start": None, "end": 20.0},
        "rewrite": None,
    }
    assert {hit["start"] for hit in early.body["data"]} == {0.0}
    plain = chat.post("/v2/search", {"query": "rocket before 0:20", "strategy": "text"})
    assert (plain.body["parsed_query"], plain.body["data"]) == (None, [])
    rejected = chat.post("/v2/search", {"query": "in the first minute"})
    assert (rejected.status, rejected.error["param"]) == (400, "query")


def test_a_file_uploaded_twice_is_one_result_unless_grouping_is_off(memory_app: InMemoryApp, chat: Api) -> None:
    videos = {memory_app.analysed(account_id=ACCOUNT).video_id for _ in range(2)}
    request = {"query": "rocket", "threshold": "none"}
    (hit,) = chat.post("/v2/search", request).body["data"]
    assert {hit["video_id"], *(place["video_id"] for place in hit["similar"])} == videos
    assert hit["similar_count"] == len(hit["similar"]) == 1
    single = request | {"group": False, "page_limit": 1}
    first = chat.post("/v2/search", single).body
    second = chat.post("/v2/search", single | {"page_token": first["next_page_token"]}).body
    assert [first["data"][0]["rank"], second["data"][0]["rank"]] == [1, 2]
    memory_app.clock.advance(minutes=16)
    late = chat.post("/v2/search", single | {"page_token": first["next_page_token"]})
    assert (late.status, late.error["param"]) == (400, "page_token")


def test_an_answer_is_confident_only_with_citations(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT, name="Tour")
    question = {"messages": [{"role": "user", "content": "What does the cat drink?"}]}
    answer = chat.post("/v2/chat", question)
    assert answer.status == 200
    assert answer.body["confident"] is bool(answer.body["citations"])


# The streaming application, which has no gateway in front of it


def test_a_stream_authenticates_the_caller_itself(memory_app: InMemoryApp) -> None:
    rejected = TestClient(stream_app).post("/v2/chat/stream", json=ASK)
    assert (rejected.status_code, rejected.json()["error"]["type"]) == (401, "authentication_error")
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    with TestClient(stream_app) as client:
        answer = client.post("/v2/chat/stream", json=ASK, headers={"X-Api-Key": secret})
    assert answer.headers["content-type"].startswith("text/event-stream")
    names = [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]
    assert (names[0], names[-1], names.count("turn_completed")) == ("turn_started", "turn_completed", 1)


@pytest.mark.parametrize("error", [errors.Unavailable("down"), ZeroDivisionError("secret detail")])
def test_a_failed_stream_ends_with_an_error_without_its_details(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    monkeypatch.setattr(memory_app.moments, "search", raising(error))
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    answer = TestClient(stream_app).post("/v2/chat/stream", json=ASK, headers={"X-Api-Key": secret})
    names = [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]
    assert names == ["turn_started", "error"]
    assert "secret" not in answer.text


def test_an_invalid_idempotency_key_is_reported_by_the_name_of_its_header(library: Api) -> None:
    response = library.call("POST", "/v2/videos/groups", document={}, headers={"idempotency-key": "k" * 256})
    assert (response.status, response.error["param"]) == (400, "Idempotency-Key")


def test_an_encoded_slash_selects_no_other_route(memory_app: InMemoryApp, library: Api) -> None:
    video = memory_app.analysed(account_id=ACCOUNT)
    assert library.get(f"/v2/videos/{video.video_id}/transcript").status == 200
    assert library.get(f"/v2/videos/{video.video_id}%252ftranscript").status == 400
