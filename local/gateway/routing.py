"""Selects the route of a request as API Gateway does: the most specific path, a method before ANY."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from local.deploy.api import ANY_METHOD, Route

_VARIABLE = re.compile(r"\\\{(\w+)(\\\+)?\\\}")


class Match(NamedTuple):
    """`parameters` are decoded, as in the event."""

    route: Route
    parameters: dict[str, str]


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        ordered = sorted(routes, key=_precedence)
        self._patterns = [(route, pattern_of(route.path)) for route in ordered]

    def match(self, method: str, path: str) -> Match | None:
        """`path` is as received, with its percent-encoding."""
        for route, pattern in self._patterns:
            matched = pattern.fullmatch(path) if route.method in (method, ANY_METHOD) else None
            if matched:
                return Match(route, {name: unquote(value) for name, value in matched.groupdict().items()})
        return None


def _precedence(route: Route) -> tuple[bool, bool, int, bool]:
    is_default, is_greedy = route.path == "$default", "+}" in route.path
    return is_default, is_greedy, -_fixed_characters(route.path), route.method == ANY_METHOD


def _fixed_characters(path: str) -> int:
    return len(re.sub(r"\{\w+\+?\}", "", path)) * 100 - path.count("{")


def pattern_of(path: str) -> re.Pattern[str]:
    """Matches paths as received; `{name}` is one path segment, `{name+}` all remaining segments."""
    if path == "$default":
        return re.compile(".*")
    return re.compile(
        _VARIABLE.sub(lambda variable: f"(?P<{variable[1]}>{'.+' if variable[2] else '[^/]+'})", re.escape(path))
    )
