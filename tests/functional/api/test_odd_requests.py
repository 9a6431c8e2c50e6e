"""Every route of the OpenAPI document gets requests that deviate in one place: none is ignored, none is a fault."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.api import event_routes
from cinedex.api.event_stream import EventFeed
from cinedex.api.openapi_route import DOCUMENT
from cinedex.bootstrap.library import manage_collections
from cinedex.kernel.ids import new_id
from cinedex.library.domain.video import Video
from fastapi import FastAPI

from functions.chat_api import app as chat_app
from functions.chat_stream import app as stream_app
from functions.library_api import app as library_app
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.odd_values import ODD, OF_ANOTHER_TYPE, Document, replaced

APPS = (library_app, chat_app, stream_app)
UNKNOWN = "zzz"
Send = Callable[..., Any]
ANY_OBJECT = "metadata"
"""Its names are those of the client, and an upload may send it as text."""


def documents() -> Iterator[tuple[FastAPI, Document]]:
    committed = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for app in APPS:
        paths = {path: committed["paths"][path] for path in app.openapi()["paths"]}
        yield app, Document({**committed, "paths": paths})


@pytest.fixture
def ids(memory_app: InMemoryApp, video: Video) -> dict[str, str]:
    """Of objects that exist; there is no session and no turn."""
    group = manage_collections().create(ACCOUNT, "Tours", {})
    return {"video_id": video.video_id, "group_id": group.collection_id, "feature": "transcript"}


def named(path: str, ids: dict[str, str], spelling: Callable[[str], str] = str) -> str:
    return re.sub(r"{(\w+)}", lambda name: spelling(ids.get(name[1]) or new_id()), path)


@pytest.fixture
def send(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    """Sends to an application; the status and the body of an error. A fault of the server is an answer, too.

    One event loop has all requests: Starlette's client would start a thread for each of thousands. A feed of events
    ends at once.
    """
    monkeypatch.setattr(event_routes, "EventFeed", partial(EventFeed, seconds_max=0.0))
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "sweep", Scope.ADMIN)
    clients = {id(app): _client(app, secret) for app in APPS}

    def send(app: FastAPI, method: str, path: str, body: Any = None, query: str = "") -> tuple[int, str]:
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {} if content is None else {"content-type": "application/json"}
        request = clients[id(app)].request(method, f"{path}{query}", content=content, headers=headers)
        response = loop.run(request)
        refused = response.status_code >= 400
        assert not refused or response.json()["error"]["message"], path
        return response.status_code, response.text if refused else ""

    with asyncio.Runner() as loop:
        yield send


def _client(app: FastAPI, secret: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver", headers={"x-api-key": secret})


def test_an_unknown_field_is_refused_at_every_place_of_every_body(send: Send, ids: dict[str, str]) -> None:
    sent = 0
    for app, document in documents():
        for method, path, operation in document.operations():
            schema = document.body(operation)
            for place in document.objects(schema) if schema else ():
                body = document.sample(schema, place)
                status, text = send(app, method, named(path, ids), replaced(body, (*place, UNKNOWN), 1))
                assert (status in (400, 422), UNKNOWN in text) == (True, True), (method, path, place, status, text)
                sent += 1
    assert sent > 25


def test_a_value_of_another_type_is_refused_in_every_field(send: Send, ids: dict[str, str]) -> None:
    sent = 0
    for app, document in documents():
        for method, path, operation in document.operations():
            schema = document.body(operation)
            for place, field in document.fields(schema) if schema else ():
                types = document.types(field)
                if len(types) > 1 or not types <= OF_ANOTHER_TYPE.keys() or ANY_OBJECT in place:
                    continue
                for value in OF_ANOTHER_TYPE[types.pop()]:
                    body = replaced(document.sample(schema, place), place, value)
                    status, text = send(app, method, named(path, ids), body)
                    assert status in (400, 422), (method, path, place, value, status, text)
                    sent += 1
    assert sent > 200


def test_no_value_of_a_field_is_a_fault_of_the_server(send: Send, ids: dict[str, str]) -> None:
    seen = list[Any]()
    for app, document in documents():
        for method, path, operation in document.operations():
            schema = document.body(operation)
            if schema is None or schema in seen:
                continue
            seen.append(schema)
            for place, _ in document.fields(schema):
                for value in ODD:
                    body = replaced(document.sample(schema, place), place, value)
                    status, text = send(app, method, named(path, ids), body)
                    assert status < 500, (method, path, place, value, text)


BODIES = {
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "open": b"{",
    "deep": b"[" * 5_000,
    "infinite": b'{"x": 1e999}',
    "long": b'{"x": ' + b"9" * 5_000 + b"}",
    "surrogate": b'{"x": "\\ud800"}',
    "bytes": b"\xff",
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "short": lambda _: "x",
    "hexadecimal": lambda i: "0x" + i[2:],
    "long": lambda _: "x" * 5_000,
    "nul": lambda _: "%00",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_body_is_a_fault_of_the_server(send: Send, ids: dict[str, str], body: bytes) -> None:
    for app, document in documents():
        for method, path, operation in document.operations():
            if "requestBody" in operation:
                status, text = send(app, method, named(path, ids), body)
                assert status < 500, (method, path, text)


def test_every_parameter_is_refused_twice_and_is_no_fault_with_any_value(send: Send, ids: dict[str, str]) -> None:
    for app, document in documents():
        for method, path, operation in document.operations():
            names = {p["name"]: p["schema"] for p in operation.get("parameters", ()) if p["in"] == "query"}
            for name, schema in names.items():
                for value in ("", "x", "nan", "-1", "1e999", "9" * 400, "%00", "%F0%9F%9A%80", "x" * 20_000):
                    status, text = send(app, method, named(path, ids), query=f"?{name}={value}")
                    assert status < 500, (method, path, name, value, text)
                if document.types(schema) != {"array"}:
                    status, text = send(app, method, named(path, ids), query=f"?{name}=1&{name}=2")
                    assert status in (400, 422), (method, path, name, text)


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_no_id_in_a_path_is_a_fault_of_the_server(
    send: Send, ids: dict[str, str], spelling: Callable[[str], str]
) -> None:
    for app, document in documents():
        for method, path, operation in document.operations():
            schema = document.body(operation)
            if "{" in path and method != "DELETE":
                body = document.sample(schema) if schema else None
                status, text = send(app, method, named(path, ids, spelling), body)
                assert status < 500, (method, path, text)
