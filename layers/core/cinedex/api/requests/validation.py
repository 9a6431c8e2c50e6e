"""Validation errors as one sentence with the field that caused it, without the terms of Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from cinedex.api.requests.strict_body import UNKNOWN_FIELD, WRONG_TYPE
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
    location = tuple(part for part in error["loc"] if not (isinstance(part, str) and _UNION_MEMBER.fullmatch(part)))
    if error["type"] in (UNKNOWN_FIELD, WRONG_TYPE):
        location = (*location, error["ctx"]["field"])
    if error["type"] == UNKNOWN_FIELD:
        return Problem(location, error["msg"])
    requirement = error["msg"] if error["type"] == WRONG_TYPE else requirement_of(error)
    if not location[1:]:
        place = _PLACES.get(str(location[0]) if location else "", "The request")
        return Problem(location, sentence_of(place, requirement))
    return Problem(location, sentence_of(".".join(map(str, location[1:])), requirement))
