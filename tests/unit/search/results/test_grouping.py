"""Neighbours become one moment, and the same content is shown once."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import Span, span
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.results.grouping import deduplicate, merge_adjacent
from cinedex.search.domain.results.moment import RankedMoment
from cinedex.timeline.modality import Modality

from tests.support.segments import segment

SPEECH = "Four hundred pictures of distant galaxies arrive from the Webb telescope every single week"


def hit(video_id: str, index: int, score: float = 0.9, speech: str = "x", at: Span | None = None) -> ScoredSegment:
    return ScoredSegment(document=segment(video_id, index, speech, at=at), score=score, matched=(Modality.SPEECH,))


def spans(*hits: ScoredSegment) -> list[tuple[int, Span]]:
    ordered = sorted(hits, key=lambda h: h.sort_key)
    return [(g.best.document.segment_index, g.span) for g in merge_adjacent(ordered)]


def test_adjacent_segments_are_one_moment_represented_by_the_best() -> None:
    assert spans(hit("a", 0, 0.5), hit("a", 1, 0.9), hit("a", 2, 0.6)) == [(1, span(0, 30))]


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (hit("a", 2), "a gap"),
        (hit("b", 1), "another video"),
        (hit("a", 1, 0.4), "far less sure"),
        (hit("a", 1, at=span(10, 61)), "too long"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_other_segments_are_not_merged(second: ScoredSegment, why: str) -> None:
    assert len(spans(hit("a", 0), second)) == 2, why


def test_many_adjacent_segments_become_several_moments_of_limited_length() -> None:
    row = spans(*(hit("a", index) for index in range(15)))
    assert [s.length_s for _, s in row] == [60, 60, 30]


def grouped(*hits: ScoredSegment, same_file: bool = False, across_videos: bool = True) -> list[tuple[str, list[str]]]:
    groups = deduplicate(merge_adjacent(hits), lambda _: "file" if same_file else "", across_videos=across_videos)
    return [(g.video_id, [s.video_id for s in g.similar]) for g in groups]


def test_duplicates_are_listed_with_the_best_moment() -> None:
    assert grouped(hit("a", 0, 0.9, SPEECH), hit("b", 4, 0.8, SPEECH + " too")) == [("a", ["b"])]
    assert grouped(hit("a", 0, 0.9, SPEECH), hit("a", 9, 0.8, SPEECH)) == [("a", ["a"])]


def test_short_texts_are_not_compared() -> None:
    assert len(grouped(hit("a", 0, 0.9, "Thank you"), hit("b", 0, 0.8, "Thank you"))) == 2


def test_the_same_time_of_the_same_file_is_the_same() -> None:
    assert grouped(hit("a", 0), hit("b", 0), same_file=True) == [("a", ["b"])]
    assert len(grouped(hit("a", 0), hit("b", 7), same_file=True)) == 2


def test_videos_that_were_named_are_answered_for_each() -> None:
    assert len(grouped(hit("a", 0, 0.9, SPEECH), hit("b", 4, 0.8, SPEECH), across_videos=False)) == 2


# The numbers


@pytest.mark.parametrize(("gap_s", "count"), [(0.0, 1), (1.0, 1), (1.01, 2)])
def test_neighbours_are_at_most_a_second_apart(gap_s: float, count: int) -> None:
    later = hit("a", 1, at=span(10 + gap_s, 20 + gap_s))
    earlier = hit("a", 0, at=span(0, 10))
    assert len(spans(earlier, later)) == count
    assert len(spans(later.model_copy(update={"score": 0.95}), earlier)) == count


@pytest.mark.parametrize(("end_s", "count"), [(60.0, 1), (60.01, 2)])
def test_a_moment_is_at_most_a_minute_long(end_s: float, count: int) -> None:
    assert len(spans(hit("a", 0), hit("a", 1, at=span(10, end_s)))) == count


@pytest.mark.parametrize(("score", "count"), [(0.4, 1), (0.39, 2)])
def test_a_neighbour_has_at_least_half_the_score_of_the_best(score: float, count: int) -> None:
    assert len(spans(hit("a", 0, 0.8), hit("a", 1, score))) == count


WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett")


def text_of(first: int, last: int) -> str:
    return " ".join(f"{word}word" for word in WORDS[first:last])


@pytest.mark.parametrize(("count", "is_same"), [(8, True), (7, False)])
def test_texts_are_compared_from_eight_words_on(count: int, is_same: bool) -> None:
    assert (len(grouped(hit("a", 0, 0.9, text_of(0, count)), hit("b", 4, 0.8, text_of(0, count)))) == 1) is is_same


@pytest.mark.parametrize(("last", "is_same"), [(10, True), (9, True), (8, False)])
def test_texts_are_the_same_from_nine_tenths_of_their_words_on(last: int, is_same: bool) -> None:
    assert (len(grouped(hit("a", 0, 0.9, text_of(0, 10)), hit("b", 4, 0.8, text_of(0, last)))) == 1) is is_same


HALVES = [((0, 10), True), ((0, 5), True), ((5, 10), True), ((0, 4.9), False), ((5, 15), False), ((10, 20), False)]


@pytest.mark.parametrize(("part", "is_same"), [*HALVES, ((12, 20), False)])
def test_the_same_time_is_half_of_the_time_of_both(part: tuple[float, float], is_same: bool) -> None:
    other = hit("b", 0, 0.8, at=span(*part))
    assert (len(grouped(hit("a", 0, at=span(0, 10)), other, same_file=True)) == 1) is is_same


def test_the_same_text_in_another_modality_is_not_the_same() -> None:
    other = hit("b", 4, 0.8, SPEECH).model_copy(update={"matched": (Modality.CAPTION,)})
    assert len(grouped(hit("a", 0, 0.9, SPEECH), other)) == 2


def test_the_same_time_of_another_file_or_of_the_same_video_is_not_the_same() -> None:
    assert len(grouped(hit("a", 0), hit("b", 0), same_file=False)) == 2
    both = [hit("a", 0, 0.9, at=span(0, 40)), hit("a", 1, 0.2, at=span(0, 40))]
    assert len(grouped(*both, same_file=True)) == 2


def test_a_moment_lists_ten_of_its_duplicates_and_counts_all() -> None:
    (group,) = deduplicate(
        merge_adjacent([hit(f"{n:02d}", 0, 0.9, SPEECH) for n in range(13)]), lambda _: "", across_videos=True
    )
    moment = RankedMoment.of(group)
    assert (len(moment.similar), moment.similar_count, moment.similar[0].video_id) == (10, 12, "01")
