"""A span is half-open, never runs backwards, and may be empty."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import Span, cover, span
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

TIMES = st.floats(min_value=0, max_value=1e5, allow_nan=False)
SPANS = st.tuples(TIMES, TIMES).map(lambda t: span(min(t), max(t)))


@pytest.mark.parametrize(("start_s", "end_s"), [(2.0, 1.0), (-1.0, 1.0), (float("nan"), 1.0)])
def test_a_span_that_runs_backwards_or_before_the_start_is_refused(start_s: float, end_s: float) -> None:
    with pytest.raises(ValidationError):
        span(start_s, end_s)


def test_a_span_holds_its_start_and_not_its_end() -> None:
    assert span(1, 2).holds(1)
    assert not span(1, 2).holds(2)


@pytest.mark.parametrize(("instant_s", "held"), [(0.9, False), (1, True), (1.9, True), (2, False), (2.1, False)])
def test_a_span_holds_the_instants_from_its_start_to_before_its_end(instant_s: float, held: bool) -> None:
    assert span(1, 2).holds(instant_s) is held


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ((0, 2), (1, 3), True),
        ((0, 3), (1, 2), True),
        ((0, 1), (2, 3), False),
        ((0, 1), (1, 2), False),
        ((1, 1), (1, 2), True),
        ((2, 2), (1, 2), True),
        ((1, 1), (1, 1), True),
        ((1, 1), (2, 2), False),
        ((0.5, 0.5), (1, 2), False),
        ((2.5, 2.5), (1, 2), False),
    ],
)
def test_spans_overlap_when_they_share_a_moment(
    one: tuple[float, float], other: tuple[float, float], overlap: bool
) -> None:
    assert span(*one).overlaps(span(*other)) is overlap is span(*other).overlaps(span(*one))


@pytest.mark.parametrize(
    ("inner", "clipped"),
    [((1, 2), (3, 3)), ((1, 4), (3, 4)), ((4, 5), (4, 5)), ((5, 9), (5, 6)), ((1, 9), (3, 6)), ((7, 9), (6, 6))],
)
def test_a_span_is_clipped_at_both_ends(inner: tuple[float, float], clipped: tuple[float, float]) -> None:
    assert span(*inner).clipped_to(span(3, 6)) == span(*clipped)


def test_the_middle_of_a_span_is_half_way_between_its_ends() -> None:
    assert (span(1, 4).middle_s, span(1, 4).length_s, span(2, 2).middle_s) == (2.5, 3, 2)


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert not span(0, 1).overlaps(span(1, 2))
    assert span(0, 1.001).overlaps(span(1, 2))


def test_an_empty_span_overlaps_what_holds_its_instant() -> None:
    assert span(1, 1).overlaps(span(0, 2))
    assert not span(3, 3).overlaps(span(0, 2))


@given(SPANS, SPANS)
def test_overlap_is_mutual(one: Span, other: Span) -> None:
    assert one.overlaps(other) is other.overlaps(one)


@given(SPANS, SPANS)
def test_clipping_leaves_a_span_inside_the_other(one: Span, outer: Span) -> None:
    clipped = one.clipped_to(outer)
    assert outer.start_s <= clipped.start_s <= clipped.end_s <= outer.end_s


@given(SPANS, SPANS)
def test_joining_covers_both(one: Span, other: Span) -> None:
    assert one.joined_with(other) == cover([one, other])
    assert cover([one, other]).start_s == min(one.start_s, other.start_s)
    assert cover([one, other]).end_s == max(one.end_s, other.end_s)


def test_nothing_cannot_be_covered() -> None:
    with pytest.raises(ValueError, match="no spans"):
        cover([])
