"""No two items have the same key, and the keys of stored items do not change."""

from __future__ import annotations

import hashlib
import inspect
import re
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from string import Formatter

import pytest
from cinedex.adapters.dynamodb import idempotency, keys
from cinedex.adapters.dynamodb.events import event_keys
from cinedex.adapters.dynamodb.imports import drop_keys
from cinedex.adapters.dynamodb.items import Key, KeyPattern
from cinedex.adapters.dynamodb.library import track_keys
from cinedex.adapters.dynamodb.lists import list_keys
from cinedex.adapters.dynamodb.lists.video_refs import count_of
from cinedex.library.domain.folded_name import folded_name
from cinedex.library.domain.video import UploadStatus
from cinedex.timeline.entries import Track
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.template import resource

PATTERNS = (*keys.PATTERNS, *event_keys.EVENT_PATTERNS)
FIXED_WIDTHS = {
    "revision": 8,
    "position": 3,
    "slot_number": 2,
    "generation": 6,
    "start_ms": 10,
    "index": 8,
    "sequence": 6,
    "attempt": 4,
    "part": 4,
    "shard": 2,
}
DAYS = [(date(2026, 12, 30) + timedelta(days=n)).isoformat() for n in range(4)]
"""Every day is written with ten characters."""
LONGER = ({keys.TRACK, keys.TRACK_ENTRY}, {keys.DAY_USAGE, keys.DAY_OPERATIONS})
"""A generation and a day have a fixed length, so the first kind never has the longer sort key of the second."""
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
    (drop_keys.drop_object("a", "stem", "video", "k"), ("DS#a#stem", "O#video#k")),
    (
        keys.DROP_ENTRY.key(account_id="a", list_name="recent", entry_id="e"),
        ("DL#a#recent", "E#e"),
    ),
    (drop_keys.drop_backfill("a", "j"), ("A#a", "DB#j")),
    (drop_keys.policy("a", "c"), ("A#a", "P#c")),
    (track_keys.track("v", "objects", 2), ("T#v", "objects#000002")),
    (track_keys.track_entry("v", "objects", 2, 1500, 7), ("T#v", "objects#000002#0000001500#00000007")),
    (keys.turn("s", "t"), ("CHAT#s", "T#t")),
    (keys.turn_event("t", 3), ("TURN#t", "E#000003")),
    (keys.turn_step("t", 3), ("TURN#t", "S#000003")),
    (keys.turn_part("t", "E#000003", 1, 2), ("TURN#t", "P#E#000003#0001#0002")),
    (keys.turn_metered("t"), ("TURN#t", "METERED")),
    (keys.rate_window("k"), ("L#k", "WINDOW")),
    (idempotency.http_record("a", "write", "k"), ("I#a#write#k", "REQUEST")),
    (idempotency.chat_record("a", "s", "k"), (f"I#chat#{hashlib.sha256(b'a#s#k').hexdigest()}", "CLAIM")),
    (keys.search_snapshot("a", "l"), ("R#a", "l")),
    (keys.reindexing(), ("B#search", "BACKFILL")),
    (keys.job("a", "j"), ("A#a", "J#j")),
    (keys.day_operations("a", date(2026, 3, 1), 5), ("A#a", "U#2026-03-01#05")),
    (keys.index_update("v", "u"), ("X#v", "INDEX#u")),
    (list_keys.list_count("a", "status-uploading", 7), ("N#a#status-uploading", "07")),
    (list_keys.list_backfill(), ("B#lists", "BACKFILL")),
    (list_keys.collection_name("a", "n"), ("CN#a", "N#n")),
    (keys.VIDEO_OF_COLLECTION.key(account_id="a", collection_id="c", video_id="v"), ("VC#a#c", "V#v")),
    (keys.VIDEO_BY_STATUS.key(account_id="a", status="s", video_id="v"), ("VS#a#s", "V#v")),
    (keys.VIDEO_BY_NAME.key(account_id="a", folded_name="n", video_id="v"), ("VN#a", "N#n\tv")),
    (keys.ACCOUNT.key(account_id="a"), ("B#accounts", "A#a")),
    (
        event_keys.OUTBOX.key(account_id="a", video_id="v", revision=7, position=1),
        ("EO#a", "V#v#00000007#001"),
    ),
    (event_keys.EVENT.key(account_id="a", sequence=7), ("EL#a", "E#000000000007")),
    (event_keys.event_log_head("a"), ("EL#a", "HEAD")),
    (event_keys.webhook("a", "w"), ("A#a", "WEBHOOK#w")),
    (event_keys.delivery("w", "d"), ("WD#w", "D#d")),
    (event_keys.slot("o", 1), ("WS#o", "SLOT#01")),
]

ids = (
    st.text("a#", min_size=1, max_size=3)  # few enough that two keys meet if a delimiter is ambiguous
    | st.text(min_size=1, max_size=12)
    | st.sampled_from(["#", "a#V#b", "KEY", "METERED", "chat#x", "E#000001", "~"])
)


made_ids = st.uuids(version=4).map(str)
"""Ids of videos and collections, as the product makes them."""
list_names = st.sampled_from(["videos", "collections", *map(count_of, UploadStatus)]) | made_ids.map(
    lambda collection_id: count_of(collection_id=collection_id)
)
IN_LISTS: dict[str, st.SearchStrategy[str]] = {
    "video_id": made_ids,
    "collection_id": made_ids,
    "status": st.sampled_from([status.value for status in UploadStatus]),
    "folded_name": (ids | st.text()).map(folded_name),
    "list_name": list_names,
}
"""What follows an account or a name in the key of a list has no delimiter; a folded name has no tab."""
LISTS = (keys.VIDEO_OF_COLLECTION, keys.VIDEO_BY_STATUS, keys.VIDEO_BY_NAME, keys.COLLECTION_NAME, keys.LIST_COUNT)


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
        elif name == "day":
            drawn[name] = draw(st.sampled_from(DAYS))
        elif pattern in LISTS and name in IN_LISTS:
            drawn[name] = draw(IN_LISTS[name])
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


@cache
def keys_of(pattern: KeyPattern) -> dict[str, Key]:
    """The keys of many items of a kind by their values, drawn once for all tests: it takes longer than to compare."""
    drawn: dict[str, Key] = {}

    @settings(max_examples=100)
    @given(arguments(pattern))
    def draw(values: dict[str, str | int]) -> None:
        drawn[repr(values)] = pattern.key(**values)

    draw()
    return drawn


@pytest.mark.parametrize(
    "pattern", [p for p in PATTERNS if p is not keys.HTTP_RECORD], ids=lambda pattern: pattern.entity
)
def test_an_item_with_other_values_has_another_key(pattern: KeyPattern) -> None:
    drawn = keys_of(pattern)
    assert len(set(drawn.values())) == len(drawn)


@pytest.mark.parametrize(
    ("one", "other"),
    [pair for pair in combinations(PATTERNS, 2) if not all(pattern in READ_ONLY for pattern in pair)],
    ids=lambda pattern: pattern.entity,
)
def test_two_kinds_of_items_never_have_the_same_key(one: KeyPattern, other: KeyPattern) -> None:
    """Each drawn item of one kind and each of the other; the next test compares their prefixes."""
    assert set(keys_of(one).values()).isdisjoint(keys_of(other).values())


def test_every_two_kinds_of_a_partition_differ_in_how_their_sort_keys_begin() -> None:
    """What the random test above may miss: one prefix that begins with another."""
    for one, other in combinations(PATTERNS, 2):
        if one.partition_prefix == other.partition_prefix and {one, other} not in LONGER:
            first, second = sorted([one.sort_prefix, other.sort_prefix], key=len)
            assert not (second.startswith(first) and "{" in one.sk and "{" in other.sk), (one.entity, other.entity)


def test_partition_prefixes_end_with_the_delimiter_so_that_none_begins_with_another() -> None:
    for pattern in keys.PATTERNS:
        assert pattern.partition_prefix.endswith(keys.DELIMITER) or "{" not in pattern.pk


@pytest.mark.parametrize(("key", "stored"), STORED, ids=lambda value: "/".join(value))
def test_a_key_is_the_one_under_which_earlier_versions_have_stored_the_item(key: Key, stored: tuple[str, str]) -> None:
    assert key == stored


MODULES = (keys, list_keys, event_keys, drop_keys, track_keys)


def test_every_function_that_makes_a_key_is_tried_above() -> None:
    functions = [f for module in MODULES for f in vars(module).values() if inspect.isfunction(f)]
    made = [f for f in functions if f.__annotations__.get("return") == "Key"]
    of_old_records = [idempotency.http_record, idempotency.chat_record]
    of_patterns = [keys.VIDEO_OF_COLLECTION, keys.VIDEO_BY_STATUS, keys.VIDEO_BY_NAME, keys.ACCOUNT, keys.DROP_ENTRY]
    of_patterns += [event_keys.OUTBOX, event_keys.EVENT]
    assert len(STORED) == len(made) - 1 + len(of_old_records) + len(of_patterns)  # without `idempotency`


def test_every_kind_of_item_has_a_name_of_its_own() -> None:
    names = [pattern.entity for pattern in PATTERNS]
    assert len(set(names)) == len(names)


def test_the_index_of_unfinished_work_is_the_one_of_the_template() -> None:
    (index,) = resource("LibraryTable")["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == keys.WORK_INDEX
    assert re.fullmatch(r"work,since", ",".join(k["AttributeName"] for k in index["KeySchema"]))
