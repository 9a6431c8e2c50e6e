"""No stored response has a presigned URL, and a repeated request gets URLs that are signed again."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from cinedex.access.domain.idempotency import StoredResponse
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.api import signed_urls
from cinedex.api.signed_urls import sign_again_of
from cinedex.api.stored_responses import marked_fields
from cinedex.library.domain.video import StoredMedia
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from tests.functional.api.test_shown_once import ROUTES
from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.stores import PART_BYTES

KEY = {"idempotency-key": "k1"}
SMALL, LARGE = {"video_name": "a.mp4", "size_bytes": 10}, {"video_name": "a.mp4", "size_bytes": PART_BYTES + 1}
STORED_ROUTES = [route for route in ROUTES if "POST" in route.methods and route.response_model is not None]
NO_SIGNED_URLS = {("/v2/search", "thumbnail_url"), ("/api/v2/webhooks", "url")}
"""One is always null, and one is what the client has sent."""


def upload(library: Api, document: dict[str, Any]) -> dict[str, Any]:
    response = library.call("POST", "/v2/videos/uploads", document=document, headers=KEY)
    assert response.status == 202
    return dict(response.body)


def records(memory_app: InMemoryApp) -> str:
    return json.dumps([record.model_dump_json() for record in memory_app.idempotency._records.values()])


@pytest.mark.parametrize("route", STORED_ROUTES, ids=lambda route: route.path)
def test_every_url_in_a_stored_response_is_declared_and_signed_again(route: APIRoute) -> None:
    schema = TypeAdapter(route.response_model).json_schema(mode="serialization")
    parts = [schema, *schema.get("$defs", {}).values()]
    names = {name for part in parts for name in part.get("properties", {}) if re.search(r"(^|_)url(_|$)", name)}
    declared = marked_fields(route.response_model, signed_urls.MARK)
    assert {name for name in names if (route.path, name) not in NO_SIGNED_URLS} == declared
    assert bool(declared) == (sign_again_of(route.endpoint) is not None)


@pytest.mark.parametrize("document", [SMALL, LARGE])
def test_a_repeated_upload_is_signed_again(memory_app: InMemoryApp, library: Api, document: dict[str, Any]) -> None:
    first = upload(library, document)
    assert first["upload"]["url"] or first["upload"]["parts"]
    stored = records(memory_app)
    assert "put:" not in stored
    assert "part:" not in stored
    assert upload(library, document) == first
    assert len(memory_app.media.uploads) == len(first["upload"]["parts"][:1])


@pytest.mark.parametrize("document", [SMALL, LARGE])
def test_a_repeated_upload_of_a_deleted_video_has_no_urls(library: Api, document: dict[str, Any]) -> None:
    first = upload(library, document)
    library.delete(f"/v2/videos/{first['video_id']}")
    again = upload(library, document)
    assert again["video_id"] == first["video_id"]
    assert (again["upload"]["url"], again["upload"]["parts"]) == (None, [])


def test_urls_that_an_earlier_version_stored_are_not_repeated(memory_app: InMemoryApp, library: Api) -> None:
    first = upload(library, SMALL)
    (record,) = memory_app.idempotency._records.values()
    old = json.dumps(first | {"upload": first["upload"] | {"url": "https://old.test/?X-Amz-Signature=1"}})
    run = RunIdempotent(memory_app.idempotency, memory_app.clock)
    run.complete(record, StoredResponse(status=202, content_type="application/json", body=old))
    assert upload(library, SMALL) == first


def test_a_repeated_search_is_signed_again(
    memory_app: InMemoryApp, library: Api, chat: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory_app.analysed(account_id=ACCOUNT)

    def search() -> Any:
        return chat.call("POST", "/v2/search", document={"query": "rocket"}, headers=KEY).body["data"]

    first = search()
    assert first[0]["video_url"].startswith("http://store.test/")
    assert "store.test" not in records(memory_app)

    def newly_signed(media: StoredMedia, filename: str | None = None) -> str:
        return f"http://store.test/{media.key}?again"

    monkeypatch.setattr(memory_app.media, "download_url", newly_signed)
    again = search()
    assert again[0]["video_url"].endswith("?again")
    assert [r | {"video_url": None} for r in again] == [r | {"video_url": None} for r in first]
    library.delete(f"/v2/videos/{first[0]['video_id']}")
    assert [result["video_url"] for result in search()] == [None] * len(first)
