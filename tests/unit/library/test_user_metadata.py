"""The limits of metadata, on both sides of each, and what a filter on it matches."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.library.domain.user_metadata import MetadataFilter, MetadataFilterValue, UserMetadata, Value
from pydantic import TypeAdapter, ValidationError

METADATA: TypeAdapter[Any] = TypeAdapter(UserMetadata)
VALUE: TypeAdapter[Any] = TypeAdapter(Value)
WANTED: TypeAdapter[Any] = TypeAdapter(MetadataFilterValue)
SAFE = 2**53


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"k": True, "l": 1, "m": 1.5, "n": "x"},
        {str(number): number for number in range(50)},
        {"k" * 100: 1},
        {"k": "x" * 500},
        {"k": -SAFE, "l": SAFE},
        {"k": 2**1022},
        {str(number): "x" * 490 for number in range(20)},
    ],
    ids=["empty", "kinds", "keys", "key", "text", "integers", "large", "bytes"],
)
def test_metadata_within_the_limits_is_kept_as_it_is(metadata: dict[str, Any]) -> None:
    assert METADATA.validate_python(metadata) == metadata


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({str(number): number for number in range(51)}, "at most 50"),
        ({"": 1}, "at least 1"),
        ({"k" * 101: 1}, "at most 100"),
        ({"k": "x" * 501}, "at most 500"),
        ({"k": 2**1024}, "finite number"),
        ({"k": float("inf")}, "finite number"),
        ({"k": [1]}, "a string, a number or a boolean"),
        ({"k": None}, "a string, a number or a boolean"),
    ],
    ids=["keys", "no key", "key", "text", "too large", "infinite", "list", "none"],
)
def test_metadata_beyond_a_limit_is_refused_with_the_limit(metadata: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        METADATA.validate_python(metadata)


def test_metadata_has_at_most_ten_thousand_bytes_of_json() -> None:
    full = {str(number): "x" * 490 for number in range(19)}
    used = sum(len(f'"{key}": "{value}", ') for key, value in full.items())
    rest = 10_000 - used - len('{"last": ""}')
    assert METADATA.validate_python(full | {"last": "x" * rest})
    with pytest.raises(ValidationError, match="10000 bytes"):
        METADATA.validate_python(full | {"last": "x" * (rest + 1)})
    with pytest.raises(ValidationError, match="10000 bytes"):
        METADATA.validate_python(full | {"last": "x" * (rest - 1) + "é"})


@pytest.mark.parametrize("value", [SAFE, SAFE + 1, -SAFE - 1])
def test_integers_that_json_cannot_hold_exactly_are_floats(value: int) -> None:
    assert isinstance(VALUE.validate_python(value), int if abs(value) <= SAFE else float)


@pytest.mark.parametrize(
    ("wanted", "value", "matches"),
    [
        (3, 3, True), (3, 3.0, True), (3, 4, False), (3, "3", False), (1, True, False), (True, 1, False),
        (True, True, True), (True, False, False), ("tea", "tea", True), ("tea", "Tea", False),
        ({"gte": 2}, 2, True), ({"gte": 2}, 1.9, False), ({"lte": 2}, 2, True), ({"lte": 2}, 2.1, False),
        ({"gte": 0}, True, False), ({"gte": 0}, "1", False), ({}, -7, True),
    ],
)  # fmt: skip
def test_a_filter_matches_values_of_the_same_kind(wanted: Any, value: Any, matches: bool) -> None:
    assert MetadataFilter(keys={"k": WANTED.validate_python(wanted)}).holds({"k": value, "other": 9}) is matches


def test_every_key_of_a_filter_has_to_match() -> None:
    both = MetadataFilter(keys={"k": 1, "l": 2})
    assert both.holds({"k": 1, "l": 2})
    assert not both.holds({"k": 1, "l": 3})
    assert not both.holds({"k": 1})
    assert MetadataFilter().holds({})


@pytest.mark.parametrize("wanted", [{"gte": float("inf")}, {"from": 1}, [1], None])
def test_a_filter_that_can_match_nothing_is_refused(wanted: Any) -> None:
    with pytest.raises(ValidationError):
        WANTED.validate_python(wanted)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [({"gte": "x"}, "is not valid: gte must be a number"), ("x" * 501, "must have at most 500 characters")],
)
def test_an_error_names_the_end_of_a_range_and_nothing_else(wanted: Any, message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        WANTED.validate_python(wanted)
    assert refusal.value.errors()[0]["msg"] == f"Value error, {message}"
