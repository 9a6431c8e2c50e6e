"""Refuses query parameters that a route does not have, or has once: an ignored filter would select everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant

from cinedex.api.requests.strict_body import NAME_CHARS_MAX, unknown_name
from cinedex.kernel.errors import InvalidInput


async def refuse_unknown_parameters(request: Request) -> None:
    """A dependency of every route. Raises `InvalidInput`."""
    if request.query_params:
        known = dict(_query_parameters(request.scope["route"].dependant))
        require_known((name for name, _ in request.query_params.multi_items()), known)


def require_known(names: Iterable[str], known: dict[str, bool]) -> None:
    """`known`: whether a request may repeat the parameter. Raises `InvalidInput`."""
    for name, times in Counter(names).items():
        shown = name[:NAME_CHARS_MAX]
        if name not in known:
            raise InvalidInput(unknown_name("query parameter", name, known, "This route"), field=shown)
        if times > 1 and not known[name]:
            raise InvalidInput(f"The query parameter {shown!r} is given {times} times; give it once.", field=shown)


def _query_parameters(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """The name of each, and whether it is a list."""
    for parameter in dependant.query_params:
        yield parameter.alias, _is_list(parameter.field_info.annotation)
    for dependency in dependant.dependencies:
        yield from _query_parameters(dependency)


def _is_list(annotation: Any) -> bool:
    return any(get_origin(member) is list for member in (annotation, *get_args(annotation)))
