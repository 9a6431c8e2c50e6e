"""What is stored of a response to an idempotency key, and what of it a repeated request gets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import Match
from starlette.types import Scope

from cinedex.access.domain.idempotency import StoredResponse
from cinedex.api import shown_once, signed_urls
from cinedex.api.signed_urls import SignAgain, sign_again_of


class _Fields(NamedTuple):
    """The fields of one response model that are not stored."""

    secrets: frozenset[str]
    urls: frozenset[str]
    sign_again: SignAgain | None


class StoredResponses:
    """The routes whose response models have `ShownOnce` or `SignedUrl` fields."""

    def __init__(self, routers: Sequence[APIRouter]) -> None:
        self._routers = routers

    @cached_property
    def _routes(self) -> list[tuple[APIRoute, _Fields]]:
        """Computed with the first request that has an idempotency key, because schemas cost time at a cold start."""
        routes = [route for router in self._routers for route in router.routes if isinstance(route, APIRoute)]
        named = [(route, _fields_of(route)) for route in routes if "POST" in (route.methods or ())]
        return [(route, fields) for route, fields in named if fields.secrets or fields.urls]

    def removed(self, scope: Scope, response: StoredResponse) -> StoredResponse:
        """The response to a request without its secrets, with the reason in their place, and without presigned URLs."""
        fields = self._fields(scope)
        if fields is None:
            return response
        body = _without(json.loads(response.body), fields.secrets | fields.urls)
        withheld = {"withheld": shown_once.WITHHELD} if fields.secrets else {}
        return response.model_copy(update={"body": json.dumps(body | withheld)})

    def repeated(self, scope: Scope, account_id: str, request: bytes, response: StoredResponse) -> StoredResponse:
        """A stored response as a repeated request gets it. An earlier version may have stored more of it."""
        stored, fields = self.removed(scope, response), self._fields(scope)
        if fields is None or fields.sign_again is None:
            return stored
        signed = fields.sign_again(account_id, json.loads(stored.body), json.loads(request))
        return stored.model_copy(update={"body": json.dumps(signed)})

    def _fields(self, scope: Scope) -> _Fields | None:
        return next((fields for route, fields in self._routes if route.matches(scope)[0] is Match.FULL), None)


def marked_fields(model: Any, mark: str) -> frozenset[str]:
    """The names of all fields of a response model with a mark, those of nested models included."""
    if model is None:
        return frozenset()
    schema = TypeAdapter(model).json_schema(mode="serialization")
    objects = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for part in objects for name in _marked(part, mark))


def _fields_of(route: APIRoute) -> _Fields:
    model = route.response_model
    secrets, urls = marked_fields(model, shown_once.MARK), marked_fields(model, signed_urls.MARK)
    return _Fields(secrets, urls, sign_again_of(route.endpoint))


def _marked(schema: dict[str, Any], mark: str) -> Iterator[str]:
    yield from (name for name, field in schema.get("properties", {}).items() if mark in field)


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: None if name in names else _without(part, names) for name, part in value.items()}
    return [_without(part, names) for part in value] if isinstance(value, list) else value
