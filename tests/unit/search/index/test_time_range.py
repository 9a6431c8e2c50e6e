"""Points and ranges of a video, and the time expressions whose numbers they have."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.number_range import NumberRange
from cinedex.kernel.span import Span, span
from cinedex.library.domain.feature import Feature
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoConditions
from cinedex.search.domain.index.segment_document import SegmentFilter
from cinedex.search.domain.index.time_range import Instant, TimeRange
from cinedex.search.domain.query.english.query_parser import parse_english_query
from cinedex.search.domain.query.search_scope import SearchFilter

from tests.support.segments import segment


@pytest.mark.parametrize(
    ("point", "seconds"),
    [
        (Instant(), 0),
        (Instant(seconds=30), 30),
        (Instant(seconds=30, from_end=True), 70),
        (Instant(seconds=130), 100),
        (Instant(seconds=130, from_end=True), 0),
        (Instant(share=0.25), 25),
        (Instant(share=0.25, seconds=5), 30),
        (Instant(share=0.5, seconds_max=20), 20),
        (Instant(share=0.5, seconds_max=20, from_end=True), 80),
    ],
)
def test_a_point_lies_inside_the_video(point: Instant, seconds: float) -> None:
    assert point.seconds_in(100.0) == seconds


@pytest.mark.parametrize(
    ("point", "is_relative"),
    [(Instant(), False), (Instant(seconds=5), False), (Instant(share=0.5), True), (Instant(from_end=True), True)],
)
def test_a_share_and_a_point_before_the_end_depend_on_the_length(point: Instant, is_relative: bool) -> None:
    assert point.is_relative is is_relative
    assert TimeRange(words="", end=point).is_relative is is_relative
    assert TimeRange(words="", start=Instant(), end=point).is_relative is is_relative
    assert TimeRange(words="").is_relative is False


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, span(0, 100)),
        (Instant(seconds=20), None, span(20, 100)),
        (None, Instant(seconds=20), span(0, 20)),
        (Instant(seconds=99.5), None, span(99.5, 100)),
        (Instant(seconds=100), None, None),
        (Instant(seconds=20), Instant(seconds=20), None),
        (Instant(seconds=21), Instant(seconds=20), None),
    ],
)
def test_a_range_that_leaves_nothing_is_none(start: Instant | None, end: Instant | None, expected: Span | None) -> None:
    assert TimeRange(words="", start=start, end=end).span_in(span(0, 100)) == expected


LONG, SHORT = span(0, 36_000), span(0, 100)


@pytest.mark.parametrize(
    ("query", "whole", "expected"),
    [
        ("dog in the first 2 hours", LONG, span(0, 7200)),
        ("dog in the first hour", LONG, span(0, 3600)),
        ("dog in the last 2 minutes", LONG, span(35_880, 36_000)),
        ("dog after 1:02:03", LONG, span(3723, 36_000)),
        ("dog after 1.5 minutes", LONG, span(90, 36_000)),
        ("dog between 1 and 2 hours", LONG, span(3600, 7200)),
        ("dog from 10 to 20 minutes", LONG, span(600, 1200)),
        ("dog around 0:05", LONG, span(0, 15)),
        ("dog around 0:10", LONG, span(0, 20)),
        ("dog around 0:11", LONG, span(1, 21)),
        ("dog at the beginning", LONG, span(0, 60)),
        ("dog at the beginning", SHORT, span(0, 20)),
        ("dog at the end", SHORT, span(80, 100)),
        ("dog in the first half", SHORT, span(0, 50)),
        ("dog in the last half", SHORT, span(50, 100)),
    ],
)
def test_an_expression_has_the_numbers_that_it_says(query: str, whole: Span, expected: Span) -> None:
    part = parse_english_query(query).span_in(whole)
    assert part is not None
    assert (part.start_s, part.end_s) == pytest.approx((expected.start_s, expected.end_s))


def test_the_middle_is_the_second_third() -> None:
    part = parse_english_query("dog in the middle of the video").span_in(span(0, 90))
    assert part is not None
    assert (part.start_s, part.end_s) == pytest.approx((30, 60))


def test_a_query_has_at_most_6400_phrases_that_are_not_parsed() -> None:
    phrases = ['"in the first minute"'] * 6402
    assert parse_english_query(" ".join(phrases[:6400])).ranges == ()
    assert parse_english_query(" ".join(phrases)).ranges != ()


# The filter of a request


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, None),
        (5.0, None, span(5.0, 1e9)),
        (None, 5.0, span(0.0, 5.0)),
        (5.0, 5.0, span(5.0, 5.0)),
        (0.0, 0.0, span(0.0, 0.0)),
        (2e9, None, span(2e9, 2e9)),
    ],
)
def test_a_time_filter_may_be_open_or_an_instant(start: float | None, end: float | None, expected: Span | None) -> None:
    assert SearchFilter(timestamp_from=start, timestamp_to=end).within == expected


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(-0.1, None, "timestamp_from"), (5.0, 4.9, "timestamp_to"), (None, -1.0, "timestamp_to")],
)
def test_a_time_filter_that_is_negative_or_reversed_is_refused(
    start: float | None, end: float | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _ = SearchFilter(timestamp_from=start, timestamp_to=end).within
    assert refusal.value.field == field


def test_a_filter_admits_segments_of_its_account_and_of_its_parts() -> None:
    part = SegmentFilter(account_id="mine", video_ids=("a", "b"), windows={"a": span(0, 5)}, within=span(3, 50))
    a, b = (IndexedVideo(account_id="mine", video_id=video_id, version=1) for video_id in ("a", "b"))
    assert (part.part_of(a), part.part_of(b)) == (span(3, 5), span(3, 50))
    document = segment("a", 0, "x", at=span(4, 6))
    assert part.admits(document, a)
    assert not part.admits(document.model_copy(update={"span": span(6, 9)}), a)
    for fields in ({"account_id": "yours"}, {"account_id": "mind"}, {"video_id": "c"}):
        assert not part.admits(document, a.model_copy(update=fields))
    assert SegmentFilter(account_id="mine", video_ids=("a",)).part_of(a) == span(0, 1e9)
    assert SegmentFilter(account_id="mine", excluded_ids=("a",)).part_of(a) is None


@pytest.mark.parametrize(
    ("condition", "admitted"),
    [
        ({"collection_ids": ("c1",)}, {"collection_id": "c1"}),
        ({"languages": ("en",)}, {"languages": ("de", "en")}),
        ({"features": (Feature.CAPTIONS,)}, {"features": (Feature.CAPTIONS, Feature.OBJECTS)}),
        ({"any_of": (Feature.CAPTIONS, Feature.OBJECTS)}, {"features": (Feature.OBJECTS,)}),
        ({"duration_s": NumberRange(gte=5)}, {"duration_s": 5.0}),
        ({"recorded_from_s": 10.0}, {"recorded_at_s": 8.0, "duration_s": 2.0}),
        ({"recorded_to_s": 10.0}, {"recorded_at_s": 10.0}),
    ],
)
def test_a_condition_on_a_video_admits_those_that_meet_it_and_those_that_are_not_known(
    condition: dict[str, Any], admitted: dict[str, Any]
) -> None:
    within = SegmentFilter(account_id="mine", videos=VideoConditions.model_validate(condition))
    other = IndexedVideo(account_id="mine", video_id="a", version=1)
    assert within.part_of(other) is None
    assert within.part_of(other.model_copy(update=admitted)) is not None
    assert within.part_of(other.model_copy(update={"version": 0})) is not None
