"""Every error of pydantic has a sentence of our own."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from cinedex.kernel.validation_messages import requirement_of, sentence_of
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import core_schema

LIMITS = (
    *("pattern", "gt", "ge", "lt", "le", "multiple_of", "expected", "expected_version", "min_length", "max_length"),
)
OF_PYTHON = ("input", "python", "instance", "parse", "should", "valid integer")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Point(BaseModel):
    model_config = ConfigDict(extra="forbid")

    x: int


@pytest.mark.parametrize("kind", get_args(core_schema.ErrorType))
def test_every_kind_of_error_has_words_of_a_request(kind: str) -> None:
    requirement = requirement_of({"type": kind, "ctx": dict.fromkeys(LIMITS, 3) | {"error": "must not be blank"}})
    assert requirement.startswith(("must ", "is "))
    assert not any(word in requirement.lower() for word in OF_PYTHON)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (int, "many", "size must be an integer."),
        (int, 1.5, "size must be an integer."),
        (Annotated[int, Field(ge=1)], 0, "size must be at least 1."),
        (Annotated[float, Field(le=1.0)], 2, "size must be at most 1."),
        (Annotated[float, Field(allow_inf_nan=False)], float("nan"), "size must be a finite number."),
        (Annotated[str, Field(min_length=1)], "", "size must not be empty."),
        (Annotated[str, Field(max_length=2)], "abc", "size must have at most 2 characters."),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "size must have at most 1 item."),
        (Annotated[str, Field(max_length=1)], "ab", "size must have at most 1 character."),
        (Annotated[str, Field(min_length=2)], "a", "size must have at least 2 characters."),
        (Annotated[list[int], Field(min_length=1)], [], "size must not be empty."),
        (Annotated[list[int], Field(min_length=2)], [1], "size must have at least 2 items."),
        (Annotated[list[int], Field(max_length=2)], [1, 2, 3], "size must have at most 2 items."),
        (Annotated[float, Field(gt=0.5)], 0.5, "size must be greater than 0.5."),
        (Annotated[float, Field(lt=2.0)], 2, "size must be less than 2."),
        (list[int], {}, "size must be a list."),
        (bool, "maybe", "size must be true or false."),
        (Colour, "green", "size must be 'red' or 'blue'."),
        (Literal["a", "b"], "c", "size must be 'a' or 'b'."),
        (UUID, "nonsense", "size must be a UUID."),
        (date, "tomorrow", "size must be a date such as 2026-05-01."),
        (datetime, "tomorrow", "size must be a date and time such as 2026-05-01T10:00:00Z."),
        (Point, [], "size must be an object."),
        (Point, {}, "size is required."),
        (Point, {"x": 1, "y": 2}, "size is unknown."),
    ],
)
def test_an_invalid_value_has_a_sentence_that_names_the_rule(kind: Any, value: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        TypeAdapter(kind).validate_python(value)
    assert sentence_of("size", requirement_of(invalid.value.errors()[0])) == sentence


def test_a_rule_about_several_fields_is_a_sentence_of_its_own() -> None:
    assert sentence_of("The body", "give a or b, not both") == "Give a or b, not both."


def test_the_length_of_a_text_is_counted_in_characters_whatever_its_type_is() -> None:
    error = {"type": "too_long", "input": "x" * 501, "ctx": {"max_length": 500}}
    assert requirement_of(error) == "must have at most 500 characters"
    assert requirement_of({**error, "input": ["x"] * 501}) == "must have at most 500 items"
