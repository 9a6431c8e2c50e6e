"""Neighbours become one moment, and the same content is shown once."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import Span, span
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.results.grouping import deduplicate, merge_adjacent
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
    groups = deduplicate(merge_adjacent(hits), lambda *_: same_file, across_videos=across_videos)
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
