"""Ids sort by the time they were made, and read back in one spelling."""

from __future__ import annotations

from uuid import UUID

import pytest
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.ids import new_id, parse_id


def test_newer_ids_sort_after_older_ones() -> None:
    made = [new_id() for _ in range(50)]
    assert made == sorted(made)
    assert {UUID(i).version for i in made} == {7}


@pytest.mark.parametrize("spelling", [str.upper, lambda i: i.replace("-", ""), lambda i: f"{{{i}}}"])
def test_every_spelling_of_an_id_reads_as_the_canonical_one(spelling: object) -> None:
    made = new_id()
    assert parse_id(spelling(made), "video_id") == made  # type: ignore[operator]


def test_what_is_no_id_is_refused_by_the_name_of_its_parameter() -> None:
    with pytest.raises(InvalidInput, match="group_id") as refusal:
        parse_id("../etc/passwd", "group_id")
    assert refusal.value.field == "group_id"


@pytest.mark.parametrize("text", ["0x" + "1" * 30, "1_" * 15 + "11", "٠" * 32, " " + "1" * 31, "+" + "1" * 31])
def test_what_python_reads_as_a_number_is_no_id(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_id(text, "video_id")


def test_at_most_64_characters_of_what_is_no_id_are_repeated() -> None:
    for text in ("x" * 64, "x" * 65):
        with pytest.raises(InvalidInput) as refusal:
            parse_id(text, "video_id")
        assert refusal.value.message == f"video_id must be a UUID, not '{'x' * 64}'"
