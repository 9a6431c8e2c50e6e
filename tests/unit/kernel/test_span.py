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
