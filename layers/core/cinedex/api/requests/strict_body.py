"""Bodies that refuse an unknown field and a value of another JSON type.

An ignored filter would select everything, and an ignored change or option would be lost without a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

UNKNOWN_FIELD = "unknown_field"
WRONG_TYPE = "wrong_type"
NAME_CHARS_MAX = 64
NAMES_MAX = 12
JSON_TYPES: Mapping[frozenset[type], tuple[tuple[type, ...], str]] = {
    frozenset({float}): ((int, float), "must be a number"),
    frozenset({int}): ((int, float), "must be an integer"),
    frozenset({bool}): ((bool,), "must be true or false"),
}
"""Of a field with one scalar type: the types of JSON that it accepts. Pydantic would also convert others."""
FORM = {"form": True}
"""Validation context of a form, in which every value is text."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name.lower()[:NAME_CHARS_MAX], list(known), n=1)), None)


def unknown_name(kind: str, name: str, known: Iterable[str], owner: str) -> str:
    """`kind` is what `name` is, and `owner` what has the `known` ones."""
    names = sorted(known)
    similar = nearest(name, names)
    unknown = f"Unknown {kind} {name[:NAME_CHARS_MAX]!r}."
    if similar is not None:
        return f"{unknown} Did you mean {similar!r}?"
    if not names:
        return f"{unknown} {owner} has no {kind}s."
    more = ", …" if len(names) > NAMES_MAX else ""
    return f"{unknown} {owner} has: {', '.join(names[:NAMES_MAX])}{more}."


class StrictBody(BaseModel):
    """Numbers and booleans have to be those of JSON: neither `"12"` nor `true` is a number."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_fields_and_types(cls, data: Any, info: ValidationInfo[Any]) -> Any:
        if not isinstance(data, dict):
            return data
        for name, value in data.items():
            if name not in cls.model_fields:
                message = unknown_name("field", str(name), cls.model_fields, "This object")
                raise PydanticCustomError(UNKNOWN_FIELD, "{message}", {"field": _shown(name), "message": message})
            requirement = None if info.context == FORM else _types_of(cls).get(name)
            if requirement is not None and not _has_type(value, requirement[0]):
                raise PydanticCustomError(WRONG_TYPE, requirement[1], {"field": name})
        return data


def _shown(name: object) -> str:
    return str(name)[:NAME_CHARS_MAX]


def _has_type(value: Any, types: tuple[type, ...]) -> bool:
    if value is None:
        return True  # the field itself accepts or refuses null
    if isinstance(value, bool):
        return bool in types
    return isinstance(value, types)


@cache
def _types_of(model: type[BaseModel]) -> dict[str, tuple[tuple[type, ...], str]]:
    scalars = {name: frozenset(_scalars(field.annotation)) for name, field in model.model_fields.items()}
    return {name: JSON_TYPES[types] for name, types in scalars.items() if types in JSON_TYPES}


def _scalars(annotation: Any) -> Iterator[type]:
    """The types of a union, without null. A list or an object is one type, whose items have fields of their own."""
    if get_origin(annotation) is Annotated:
        yield from _scalars(get_args(annotation)[0])
    elif annotation is not NoneType and not get_args(annotation):
        yield annotation
    elif isinstance(get_origin(annotation), type) and issubclass(get_origin(annotation), list | dict):
        yield list
    else:
        for member in get_args(annotation):
            yield from _scalars(member)
