"""A request with an idempotency key is carried out once; the key belongs to one account, one scope and one request."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.api.requests.bodies import ResponseRecorder
from cinedex.api.requests.request_hash import request_hash
from starlette.requests import Request
from starlette.types import Message

from tests.support.api import Answer, Api
from tests.support.memory.app_fixture import InMemoryApp

KEY = {"idempotency-key": "k1"}
PATH = "/v2/video-groups"


def create(library: Api, name: str = "Cats", **query: Any) -> Answer:
    return library.call("POST", PATH, query=query, document={"name": name}, headers=KEY)


def names(library: Api) -> list[str]:
    return [group["name"] for group in library.get(PATH).body["results"]]


def test_a_repeated_request_gets_the_first_response_and_changes_nothing(library: Api) -> None:
    first, again = create(library), create(library)
    assert (first.status, again.status, again.body) == (again.status, first.status, first.body)
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert names(library) == ["Cats"]


def test_another_body_under_the_same_key_is_refused(library: Api) -> None:
    create(library)
    assert create(library, "Dogs").status in (409, 422)
    assert names(library) == ["Cats"]


def test_a_refused_request_leaves_its_key_free(library: Api) -> None:
    assert create(library, "").status == 400
    assert create(library, "Cats").status in (200, 201)


def test_keys_of_accounts_and_scopes_are_different_keys(library: Api) -> None:
    first = create(library)
    foreign = create(replace(library, account_id="another"))
    weaker = create(replace(library, scope=Scope.READ))
    assert foreign.body["group_id"] != first.body["group_id"]
    assert (weaker.status, "group_id" in weaker.body) == (403, False)
    assert "idempotent-replayed" not in {**foreign.headers, **weaker.headers}


def test_a_request_that_only_reads_is_never_repeated(memory_app: InMemoryApp, library: Api) -> None:
    library.call("GET", PATH, headers=KEY)
    assert memory_app.idempotency._records == {}


BOUNDARY = "b0undary"


def form(filename: str = "a.mp4", content: str = "film", boundary: str = BOUNDARY) -> tuple[bytes, str]:
    lines = (
        f"--{boundary}",
        f'Content-Disposition: form-data; name="file"; filename="{filename}"',
        "Content-Type: video/mp4",
        "",
        content,
        f"--{boundary}--",
        "",
    )
    return "\r\n".join(lines).encode(), f"multipart/form-data; boundary={boundary}"


def hash_of(
    body: bytes, kind: str = "application/json", method: str = "POST", path: str = "/v2/a", query: str = ""
) -> str:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "server": ("a", 80),
        "scheme": "http", "root_path": "", "headers": [(b"content-type", kind.encode())],
    }  # fmt: skip
    return asyncio.run(request_hash(Request(scope, receive), body))


def test_requests_differ_by_method_path_query_and_content_and_not_by_notation() -> None:
    same = [
        hash_of(b'{"a": 1, "b": [1, 2]}'),
        hash_of(b'{"b":[1,2],"a":1}'),
        hash_of(b'{"a": 1, "b": [1, 2]}', "application/json; charset=utf-8"),
    ]
    others = [
        hash_of(b'{"a": 1, "b": [2, 1]}'),
        hash_of(b'{"a": 1}'),
        hash_of(b'{"a": 1, "b": [1, 2]}', method="PUT"),
        hash_of(b'{"a": 1, "b": [1, 2]}', path="/v2/b"),
        hash_of(b'{"a": 1, "b": [1, 2]}', query="c=1"),
        hash_of(b"no json"),
        hash_of(b"no JSON"),
    ]
    assert len(set(same)) == 1
    assert len({same[0], *others}) == 1 + len(others)


def test_forms_differ_by_the_names_and_contents_of_their_files_and_not_by_their_boundary() -> None:
    first, again = hash_of(*form()), hash_of(*form(boundary="another"))
    assert first == again
    assert len({first, hash_of(*form("b.mp4")), hash_of(*form(content="other"))}) == 3


@pytest.mark.parametrize(
    ("status", "more_body", "stored"),
    [
        (199, False, False),
        (200, False, True),
        (299, False, True),
        (300, False, False),
        (500, False, False),
        (200, True, False),
    ],
)
def test_a_complete_and_successful_response_is_stored_and_no_other(status: int, more_body: bool, stored: bool) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def respond() -> None:
        start = {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
        await recorder(start)
        await recorder({"type": "http.response.body", "body": b"te", "more_body": True})
        await recorder({"type": "http.response.body", "body": b"xt", "more_body": more_body})

    recorder = ResponseRecorder(send)
    asyncio.run(respond())
    response = recorder.successful_response()
    assert (response is not None) is stored
    assert response is None or (response.status, response.content_type, response.body) == (status, "text/plain", "text")
    assert len(sent) == 3
