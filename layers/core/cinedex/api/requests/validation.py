"""Validation errors as one sentence with the field that caused it, without the terms of Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from cinedex.api.requests.misspelt_fields import MISSPELT
from cinedex.kernel.validation_messages import requirement_of, sentence_of

_PLACES = {"body": "The body", "query": "The query", "path": "The path", "header": "The headers"}
_UNION_MEMBER = re.compile(r"(str|int|float|bool|(constrained-|function-|list\[|dict\[|literal\[|is-instance\[).*)")


class Problem(NamedTuple):
    """`location` begins with the part of the request: body, query, path or header."""

    location: tuple[str | int, ...]
    message: str

    @property
    def field(self) -> str | None:
        return ".".join(map(str, self.location[1:])) or None


def problems_of(errors: Sequence[Any]) -> list[Problem]:
    """At least one. `errors` are those of pydantic, whose inputs are left out."""
    return [_problem(error) for error in errors] or [Problem((), "The request is not valid.")]


def _problem(error: Any) -> Problem:
    if error["type"] == "json_invalid":
        return Problem(("body",), "The body is not valid JSON.")
    if error["type"] == MISSPELT:
        return Problem((*error["loc"], error["ctx"]["field"]), error["msg"])
    location = tuple(part for part in error["loc"] if not (isinstance(part, str) and _UNION_MEMBER.fullmatch(part)))
    if not location[1:]:
        place = _PLACES.get(str(location[0]) if location else "", "The request")
        return Problem(location, sentence_of(place, requirement_of(error)))
    name = ".".join(map(str, location[1:]))
    return Problem(location, sentence_of(name, requirement_of(error)))
