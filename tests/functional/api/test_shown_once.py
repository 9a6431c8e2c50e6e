"""A secret is in the first response to an idempotency key, and in no later one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from cinedex.access.domain.idempotency import StoredResponse
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.api.shown_once import MARK, WITHHELD, HasSecrets, ShownOnce
from cinedex.api.stored_responses import StoredResponses, marked_fields
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from starlette.routing import BaseRoute

from functions.chat_api import app as chat_app
from functions.chat_stream import app as stream_app
from functions.library_api import app as library_app
from tests.support.api import Api
from tests.support.memory.app_fixture import InMemoryApp

SECRET_NAME = re.compile(r"(^|_)(secret|password|passphrase|private_key|api_key|access_key|credentials?)(_|$)")
KEY = {"idempotency-key": "k1"}
NEW = {"name": "laptop", "scope": "read"}


def routes(app: FastAPI) -> list[APIRoute]:
    def flattened(found: list[BaseRoute]) -> list[APIRoute]:
        inner = [
            r for route in found for r in flattened(getattr(getattr(route, "original_router", None), "routes", []))
        ]
        return [*(route for route in found if isinstance(route, APIRoute)), *inner]

    return flattened(app.routes)


ROUTES = [route for app in (library_app, chat_app, stream_app) for route in routes(app)]


def secret_names(model: Any) -> set[str]:
    schema = TypeAdapter(model).json_schema(mode="serialization")
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {}) if SECRET_NAME.search(name)}


def test_all_routes_are_found() -> None:
    assert len(ROUTES) > 35
    assert any(route.path == "/v2/api-keys" for route in ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{sorted(route.methods)[0]} {route.path}")
def test_every_field_named_like_a_secret_is_declared_as_shown_once(route: APIRoute) -> None:
    model = route.response_model
    if model is None:
        return
    declared = marked_fields(model, MARK)
    assert secret_names(model) <= declared
    if declared:
        assert issubclass(model, HasSecrets), "its repeated response cannot say why the secret is null"


def test_a_repeated_request_gets_the_key_without_its_secret(library: Api) -> None:
    first = library.call("POST", "/v2/api-keys", document=NEW, headers=KEY)
    again = library.call("POST", "/v2/api-keys", document=NEW, headers=KEY)
    assert first.body["secret"].startswith("sk_live_")
    assert first.body["withheld"] is None
    assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")
    assert again.body == first.body | {"secret": None, "withheld": WITHHELD}
    assert len(library.get("/v2/api-keys").body["results"]) == 1


class Inner(BaseModel):
    secret: ShownOnce = None
    name: str = "n"


class Outer(HasSecrets):
    inner: Inner
    listed: list[list[Inner]]
    by_name: dict[str, Inner]
    token: ShownOnce = None


def test_secrets_are_removed_at_every_depth() -> None:
    assert marked_fields(Outer, MARK) == {"secret", "token"}
    router = APIRouter()
    router.add_api_route("/outer", lambda: None, methods=["POST"], response_model=Outer)
    inner = Inner(secret="s3cret")
    body = Outer(inner=inner, listed=[[inner]], by_name={"a": inner}, token="t0ken").model_dump_json()
    scope = {"type": "http", "path": "/outer", "method": "POST", "root_path": ""}
    stored = StoredResponse(status=201, content_type="application/json", body=body)
    removed = StoredResponses([router]).removed(scope, stored)
    assert json.loads(removed.body) == {
        "inner": {"secret": None, "name": "n"},
        "listed": [[{"secret": None, "name": "n"}]],
        "by_name": {"a": {"secret": None, "name": "n"}},
        "token": None,
        "withheld": WITHHELD,
    }
    assert (removed.status, removed.content_type) == (201, "application/json")
    assert StoredResponses([router]).removed({**scope, "path": "/other"}, stored) == stored


def test_a_secret_is_in_no_stored_record(memory_app: InMemoryApp, library: Api) -> None:
    secret = library.call("POST", "/v2/api-keys", document=NEW, headers=KEY).body["secret"]
    (record,) = memory_app.idempotency._records.values()
    assert record.is_complete
    assert secret not in record.model_dump_json()


def test_a_response_that_an_earlier_version_stored_is_repeated_without_its_secret(
    memory_app: InMemoryApp, library: Api
) -> None:
    first = library.call("POST", "/v2/api-keys", document=NEW, headers=KEY).body
    (record,) = memory_app.idempotency._records.values()
    old = {name: value for name, value in first.items() if name != "withheld"}
    run = RunIdempotent(memory_app.idempotency, memory_app.clock)
    run.complete(record, StoredResponse(status=200, content_type="application/json", body=json.dumps(old)))
    again = library.call("POST", "/v2/api-keys", document=NEW, headers=KEY)
    assert (again.body["secret"], again.body["key_id"]) == (None, first["key_id"])


def test_a_field_of_the_user_s_own_metadata_is_repeated_whatever_its_name(library: Api) -> None:
    group = {"name": "g", "metadata": {"secret": "recipe"}}
    library.call("POST", "/v2/video-groups", document=group, headers=KEY)
    again = library.call("POST", "/v2/video-groups", document=group, headers=KEY)
    assert again.body["metadata"] == {"secret": "recipe"}


def test_a_key_expires_and_tells_when_it_was_used(memory_app: InMemoryApp, library: Api) -> None:
    past = library.post("/v2/api-keys", {"name": "late", "expires_at": "2020-01-01"})
    assert (past.status, past.error["param"]) == (422, "expires_at")
    expires_at = "2090-01-01T00:00:00Z"
    created = library.post("/v2/api-keys", {"name": "guest", "expires_at": expires_at}).body
    assert (created["expires_at"], created["last_used_at"]) == (expires_at, None)
    memory_app.key_uses.record(created["key_id"], memory_app.clock.now(), memory_app.clock.now())
    (listed,) = library.get("/v2/api-keys").body["results"]
    assert (listed["expires_at"], bool(listed["last_used_at"])) == (expires_at, True)


def test_every_request_with_a_key_records_its_use(memory_app: InMemoryApp, library: Api) -> None:
    library.get("/v2/features")
    assert list(memory_app.key_uses.last_used(["key"])) == ["key"]
