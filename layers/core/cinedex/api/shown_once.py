"""Response fields that are returned once: a repeated request with an idempotency key gets null in their place.

A response model declares such a field with the type `ShownOnce`, and inherits from `HasSecrets`. The middleware removes
the values before it stores a response, and once more before it repeats one, which an earlier version may have stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field, TypeAdapter
from starlette.routing import Match
from starlette.types import Scope

from cinedex.access.domain.idempotency import StoredResponse

MARK = "x-shown-once"
WITHHELD = (
    "The secret was in the first response to this idempotency key and is stored nowhere. If it is lost, "
    "delete what it belongs to and create another."
)

ShownOnce = Annotated[str | None, Field(json_schema_extra={MARK: True})]


class HasSecrets(BaseModel):
    """A response with `ShownOnce` fields."""

    withheld: str | None = Field(
        default=None, description="Why secrets are null: this response repeats that of an idempotency key."
    )


class ShownOnceFields:
    """The routes whose response models have `ShownOnce` fields."""

    def __init__(self, routers: Sequence[APIRouter]) -> None:
        self._routers = routers

    @cached_property
    def _routes(self) -> list[tuple[APIRoute, frozenset[str]]]:
        """Computed with the first request that has an idempotency key, because schemas cost time at a cold start."""
        routes = [route for router in self._routers for route in router.routes if isinstance(route, APIRoute)]
        named = [(route, shown_once(route.response_model)) for route in routes if "POST" in (route.methods or ())]
        return [(route, names) for route, names in named if names]

    def removed(self, scope: Scope, response: StoredResponse) -> StoredResponse:
        """The response to a request without its secrets, with the reason in their place."""
        names = next((names for route, names in self._routes if route.matches(scope)[0] is Match.FULL), None)
        if names is None:
            return response
        body = _without(json.loads(response.body), names) | {"withheld": WITHHELD}
        return response.model_copy(update={"body": json.dumps(body)})


def shown_once(model: Any) -> frozenset[str]:
    """The names of all `ShownOnce` fields of a response model, those of nested models included."""
    if model is None:
        return frozenset()
    schema = TypeAdapter(model).json_schema(mode="serialization")
    objects = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for part in objects for name in _marked(part))


def _marked(schema: dict[str, Any]) -> Iterator[str]:
    yield from (name for name, field in schema.get("properties", {}).items() if MARK in field)


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: None if name in names else _without(part, names) for name, part in value.items()}
    return [_without(part, names) for part in value] if isinstance(value, list) else value
