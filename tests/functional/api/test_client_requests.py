"""Requests of the Python client are accepted by the applications, which refuse what they do not know.

`test_uploads.py` has the announcement of a presigned upload.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.bootstrap.library import manage_collections
from cinedex.library.domain.video import Video
from cinedex_client import Client, Connection, UploadDetails
from cinedex_client.models import KeyScope
from starlette.testclient import TestClient

from functions.chat_api import app as chat_app
from functions.library_api import app as library_app
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

URL = "http://library.test"


def transport() -> httpx.MockTransport:
    """Each request goes to the application that has its route."""
    library, chat = TestClient(library_app, base_url=URL), TestClient(chat_app, base_url=URL)

    def respond(request: httpx.Request) -> httpx.Response:
        client = chat if request.url.path in ("/v2/search", "/v2/chat") else library
        target = request.url.raw_path.decode()
        response = client.request(request.method, target, content=request.read(), headers=dict(request.headers))
        return httpx.Response(response.status_code, content=response.content, headers={"server-timing": ""})

    return httpx.MockTransport(respond)


@pytest.fixture
def client(memory_app: InMemoryApp) -> Client:
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.ADMIN)
    return Client(Connection(URL, secret, transport=transport()))


REQUESTS: dict[str, Callable[[Client, str, str], object]] = {
    "upload_url": lambda c, _, g: c.upload_url("https://m.test/a.mp4", UploadDetails("A", "A tour.", g)),
    "move": lambda c, v, g: c.move(v, g),
    "move out": lambda c, v, _: c.move(v, None),
    "analyze": lambda c, v, _: c.analyze(v, ("transcript",), force=True, bulk=True),
    "search": lambda c, v, _: c.search("coffee", video_ids=[v], limit=3, threshold="low"),
    "search literally": lambda c, _, g: c.search("coffee", literal=True, group_ids=[g]),
    "ask": lambda c, v, _: c.ask("Who drinks coffee?", video_ids=[v]),
    "create_api_key": lambda c, *_: c.create_api_key("guest", KeyScope.READ, 100, datetime.now(UTC) + timedelta(9_000)),
    "create_api_key without limits": lambda c, *_: c.create_api_key("guest"),
    "transcript": lambda c, v, _: list(c.transcript(v)),
    "objects": lambda c, v, _: list(c.objects(v)),
    "videos": lambda c, *_: c.videos(),
}


@pytest.mark.parametrize("request_of", REQUESTS.values(), ids=REQUESTS)
def test_a_request_of_the_client_is_accepted(
    client: Client, video: Video, request_of: Callable[[Client, str, str], object]
) -> None:
    group = manage_collections().create(ACCOUNT, "Tours", {})
    assert request_of(client, video.video_id, group.collection_id) is not None
