"""No two items have the same key, and the keys of stored items do not change."""

from __future__ import annotations

import hashlib
import inspect
import re
from datetime import date
from itertools import combinations
from string import Formatter

import pytest
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.keys import Key, KeyPattern
from cinedex.timeline.entries import Track
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.template import resource

FIXED_WIDTHS = {"generation": 6, "start_ms": 10, "index": 8, "sequence": 6, "attempt": 4, "part": 4}
READ_ONLY = (keys.HTTP_RECORD, keys.CHAT_RECORD)
"""Records of older versions. Their keys are read, and no longer written."""
STORED: list[tuple[Key, tuple[str, str]]] = [
    (keys.video("a", "v"), ("A#a", "V#v")),
    (keys.collection("a", "c"), ("A#a", "C#c")),
    (keys.api_key("a", "k"), ("A#a", "K#k")),
    (keys.api_key_by_secret("s"), ("K#s", "KEY")),
    (keys.api_key_use("k"), ("KU#k", "USE")),
    (keys.day_usage("a", date(2026, 3, 1)), ("A#a", "U#2026-03-01")),
    (keys.session("a", "s"), ("A#a", "CHAT#s")),
    (keys.run("v", "r"), ("V#v", "RUN#r")),
    (keys.progress("v", "r"), ("V#v", "PROGRESS#r")),
    (keys.ledger_mark("v", "r"), ("V#v", "METERED#r")),
    (keys.pending_deletion("v"), ("E#v", "ERASURE")),
    (keys.track("v", "objects", 2), ("T#v", "objects#000002")),
    (keys.track_entry("v", "objects", 2, 1500, 7), ("T#v", "objects#000002#0000001500#00000007")),
    (keys.turn("s", "t"), ("CHAT#s", "T#t")),
    (keys.turn_event("t", 3), ("TURN#t", "E#000003")),
    (keys.turn_step("t", 3), ("TURN#t", "S#000003")),
    (keys.turn_part("t", "E#000003", 1, 2), ("TURN#t", "P#E#000003#0001#0002")),
    (keys.turn_metered("t"), ("TURN#t", "METERED")),
    (keys.rate_window("k"), ("L#k", "WINDOW")),
    (keys.http_record("a", "write", "k"), ("I#a#write#k", "REQUEST")),
    (keys.chat_record("a", "s", "k"), (f"I#chat#{hashlib.sha256(b'a#s#k').hexdigest()}", "CLAIM")),
    (keys.search_snapshot("a", "l"), ("R#a", "l")),
    (keys.reindexing(), ("B#search", "BACKFILL")),
]

ids = st.text(min_size=1, max_size=12) | st.sampled_from(["#", "a#V#b", "KEY", "METERED", "chat#x", "E#000001", "~"])


def placeholders(pattern: KeyPattern) -> list[str]:
    fields = [name for _, name, _, _ in Formatter().parse(pattern.pk + pattern.sk) if name]
    return list(dict.fromkeys(fields))


@st.composite
def arguments(draw: st.DrawFn, pattern: KeyPattern) -> dict[str, str | int]:
    """Any text for an id; numbers and tracks as the product makes them."""
    drawn: dict[str, str | int] = {}
    for name in placeholders(pattern):
        if name in FIXED_WIDTHS:
            drawn[name] = draw(st.integers(0, 10 ** FIXED_WIDTHS[name] - 1))
        elif name == "track":
            drawn[name] = draw(st.sampled_from([track.value for track in Track]))
        elif name == "slot":
            prefix = draw(st.sampled_from([keys.TURN_EVENT.sort_prefix, keys.TURN_STEP.sort_prefix]))
            drawn[name] = f"{prefix}{draw(st.integers(0, 999_999)):06d}"
        elif name == "key_sha256":
            drawn[name] = draw(st.text("0123456789abcdef", min_size=64, max_size=64))
        else:
            drawn[name] = draw(ids)
    return drawn


@pytest.mark.parametrize(
    "pattern", [p for p in keys.PATTERNS if p is not keys.HTTP_RECORD], ids=lambda pattern: pattern.entity
)
@given(data=st.data())
def test_an_item_with_other_values_has_another_key(pattern: KeyPattern, data: st.DataObject) -> None:
    one, other = data.draw(arguments(pattern)), data.draw(arguments(pattern))
    assert (pattern.key(**one) == pattern.key(**other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [pair for pair in combinations(keys.PATTERNS, 2) if not all(pattern in READ_ONLY for pattern in pair)],
    ids=lambda pattern: pattern.entity,
)
@settings(max_examples=10)  # for each of hundreds of pairs; the next test compares their prefixes
@given(data=st.data())
def test_two_kinds_of_items_never_have_the_same_key(one: KeyPattern, other: KeyPattern, data: st.DataObject) -> None:
    assert one.key(**data.draw(arguments(one))) != other.key(**data.draw(arguments(other)))


def test_every_two_kinds_of_a_partition_differ_in_how_their_sort_keys_begin() -> None:
    """What the random test above may miss: one prefix that begins with another."""
    for one, other in combinations(keys.PATTERNS, 2):
        if one.partition_prefix == other.partition_prefix and {one, other} != {keys.TRACK, keys.TRACK_ENTRY}:
            first, second = sorted([one.sort_prefix, other.sort_prefix], key=len)
            assert not (second.startswith(first) and "{" in one.sk and "{" in other.sk), (one.entity, other.entity)


def test_partition_prefixes_end_with_the_delimiter_so_that_none_begins_with_another() -> None:
    for pattern in keys.PATTERNS:
        assert pattern.partition_prefix.endswith(keys.DELIMITER) or "{" not in pattern.pk


@pytest.mark.parametrize(("key", "stored"), STORED, ids=lambda value: "/".join(value))
def test_a_key_is_the_one_under_which_earlier_versions_have_stored_the_item(key: Key, stored: tuple[str, str]) -> None:
    assert key == stored


def test_every_function_that_makes_a_key_is_tried_above() -> None:
    made = [f for f in vars(keys).values() if inspect.isfunction(f) and f.__annotations__.get("return") == "Key"]
    assert len(STORED) == len(made) - 1  # `idempotency` is new, so there are no stored items


def test_every_kind_of_item_has_a_name_of_its_own() -> None:
    names = [pattern.entity for pattern in keys.PATTERNS]
    assert len(set(names)) == len(names)


def test_the_index_of_unfinished_work_is_the_one_of_the_template() -> None:
    (index,) = resource("LibraryTable")["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == keys.WORK_INDEX
    assert re.fullmatch(r"work,since", ",".join(k["AttributeName"] for k in index["KeySchema"]))
