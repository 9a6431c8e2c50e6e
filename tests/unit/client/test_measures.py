"""Measures against values computed by hand."""

from __future__ import annotations

from math import log2

import pytest
from cinedex_client.evaluation.labelled_set import RelevantSpan
from cinedex_client.evaluation.measures import Hit, judge, ndcg, percentile, recall, reciprocal_rank

A = RelevantSpan(video="a", start=0, end=10)
B = RelevantSpan(video="b", start=20, end=30, grade=1)
NOISE = Hit("c", 0, 10)


def test_a_perfect_list_scores_one_everywhere() -> None:
    judged = judge([Hit("a", 0, 10), Hit("b", 20, 30)], [A, B])
    assert (ndcg(judged, [A, B], 10), recall(judged, [A, B], 10), reciprocal_rank(judged)) == (1.0, 1.0, 1.0)


def test_gains_are_discounted_by_rank() -> None:
    judged = judge([NOISE, Hit("b", 20, 30), Hit("a", 0, 10)], [A, B])
    expected = (1 / log2(3) + 3 / log2(4)) / (3 / log2(2) + 1 / log2(3))
    assert ndcg(judged, [A, B], 10) == pytest.approx(expected)
    assert reciprocal_rank(judged) == 0.5
    assert recall(judged, [A, B], 2) == 0.5


def test_a_further_hit_in_a_span_already_shown_occupies_no_rank() -> None:
    judged = judge([Hit("a", 0, 5), Hit("a", 5, 10), Hit("b", 20, 30)], [A, B])
    assert [hit.grade for hit in judged] == [2, 1]


@pytest.mark.parametrize(("start", "end", "shows"), [(5, 15, True), (6, 16, False), (2, 4, True), (10, 20, False)])
def test_a_hit_must_share_half_of_the_shorter_of_the_two(start: float, end: float, shows: bool) -> None:
    assert A.is_shown_by("a", start, end) is shows


def test_no_relevant_hit_scores_zero() -> None:
    judged = judge([NOISE], [A])
    assert (ndcg(judged, [A], 10), recall(judged, [A], 10), reciprocal_rank(judged)) == (0.0, 0.0, 0.0)


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
    assert percentile([], 0.5) == 0.0
