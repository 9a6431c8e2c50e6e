"""Sentences for the errors of pydantic, whose own messages speak of Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BY_TYPE = {
    "missing": "is required",
    "none_required": "must be null",
    "json_invalid": "must be valid JSON",
    "json_type": "must be valid JSON",
    "extra_forbidden": "is unknown",
    "finite_number": "must be a finite number",
    "string_unicode": "must be valid Unicode",
    "string_not_ascii": "must have ASCII characters only",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "date_from_datetime_inexact": "must be a date without a time",
    "timezone_naive": "must have no UTC offset",
    "timezone_aware": "must have a UTC offset",
    "int_from_float": "must be an integer",
    "int_parsing_size": "must be a smaller integer",
    "uuid_version": "must be a UUID of version {expected_version}",
}
_BY_KIND = {
    "string": "must be a string",
    "bytes": "must be a string",
    "bool": "must be true or false",
    "int": "must be an integer",
    "float": "must be a number",
    "decimal": "must be a number",
    "list": "must be a list",
    "tuple": "must be a list",
    "set": "must be a list",
    "frozen": "must be a list",
    "iterable": "must be a list",
    "dict": "must be an object",
    "mapping": "must be an object",
    "model": "must be an object",
    "dataclass": "must be an object",
    "uuid": "must be a UUID",
    "url": "must be a URL",
    "date": "must be a date such as 2026-05-01",
    "datetime": "must be a date and time such as 2026-05-01T10:00:00Z",
    "time": "must be a time such as 10:00:00",
}
_OTHER = "is not valid"


def requirement_of(error: Mapping[str, Any]) -> str:
    """What a value has to be, after its name: "must be a string"."""
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", _OTHER))
    if kind in ("too_short", "string_too_short", "bytes_too_short"):
        return _at_least(_is_text(error), int(context["min_length"]))
    if kind in ("too_long", "string_too_long", "bytes_too_long"):
        return f"must have at most {_counted(_is_text(error), int(context['max_length']))}"
    template = _BY_TYPE.get(kind) or _BY_KIND.get(kind.partition("_")[0], _OTHER)
    return template.format_map({name: _plain(value) for name, value in context.items()})


def sentence_of(field: str, requirement: str) -> str:
    """A requirement that is no predicate, such as "give one of both", is a sentence of its own."""
    if requirement.startswith(("must ", "is ")):
        return f"{field} {requirement}."
    return f"{requirement[:1].upper()}{requirement[1:]}."


def _is_text(error: Mapping[str, Any]) -> bool:
    """A limit of a type of our own has the kind of a list, whatever the value is."""
    return not str(error["type"]).startswith("too_") or isinstance(error.get("input"), str | bytes)


def _at_least(is_text: bool, count: int) -> str:
    return "must not be empty" if count == 1 else f"must have at least {_counted(is_text, count)}"


def _counted(is_text: bool, count: int) -> str:
    noun = "character" if is_text else "item"
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _plain(value: Any) -> Any:
    """Limits such as 1.0 without their fraction."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
