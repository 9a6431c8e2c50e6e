"""Refuses query parameters that a route does not have: a filter with a misspelt name would select everything."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant

from cinedex.api.requests.misspelt_fields import NAME_CHARS_MAX, nearest
from cinedex.kernel.errors import InvalidInput


async def refuse_unknown_parameters(request: Request) -> None:
    """A dependency of every route. Raises `InvalidInput`."""
    if request.query_params:
        known = set(_query_names(request.scope["route"].dependant))
        unknown = next((name for name in request.query_params if name not in known), None)
        if unknown is not None:
            raise InvalidInput(_message(unknown, sorted(known)), field=unknown[:NAME_CHARS_MAX])


def _message(name: str, known: list[str]) -> str:
    shown = name[:NAME_CHARS_MAX]
    similar = nearest(name, known)
    if similar is not None:
        return f"Unknown query parameter {shown!r}. Did you mean {similar!r}?"
    if known:
        return f"Unknown query parameter {shown!r}. This route has: {', '.join(known)}."
    return f"Unknown query parameter {shown!r}. This route has no query parameters."


def _query_names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for dependency in dependant.dependencies:
        yield from _query_names(dependency)
