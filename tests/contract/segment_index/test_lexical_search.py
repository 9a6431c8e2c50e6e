"""What a search for words finds, in every store."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import span
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentFilter
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.timeline.modality import Modality

from tests.support.segments import segment, segment_filter

LIMIT = 10


def matches(index: SegmentIndex, words: str, within: SegmentFilter | None = None) -> list[tuple[str, int]]:
    hits = index.search(words, None, within or segment_filter("a", "b"), LIMIT).words
    return [(hit.document.video_id, hit.document.segment_index) for hit in hits]


@pytest.fixture
def library(index: SegmentIndex) -> SegmentIndex:
    index.replace_video(
        "mine",
        "a",
        [
            segment("a", 0, "Eileen Collins was the first woman to pilot the space shuttle."),
            segment("a", 1, "The pilots waited.", screen_text="FALCON 9\nCape Canaveral"),
            segment("a", 2, caption="One cat is seen.", objects="cat"),
        ],
    )
    index.replace_video("mine", "b", [segment("b", 0, "A rocket waits at Cape Canaveral.")])
    index.replace_video("theirs", "c", [segment("c", 0, "A secret cat.", account_id="theirs")])
    return index


def test_a_word_matches_in_every_modality(library: SegmentIndex) -> None:
    assert matches(library, "shuttle") == [("a", 0)]
    assert matches(library, "falcon") == [("a", 1)]
    assert matches(library, "cat") == [("a", 2)]


@pytest.mark.parametrize("typed", ["cars", "30s", "5,500", "5500", "Rev.B", "lens", "12:30"])
def test_words_joined_by_punctuation_match_separately(index: SegmentIndex, typed: str) -> None:
    index.replace_video("mine", "a", [segment("a", 0, "cars_30s.mp4 at 12:30; 5,500 of rev.b:lens")])
    assert matches(index, typed, segment_filter("a")) == [("a", 0)]


def test_an_inflected_word_is_found_by_another_form_of_it(library: SegmentIndex) -> None:
    assert set(matches(library, "waiting")) == {("a", 1), ("b", 0)}
    assert set(matches(library, "PILOTED")) == {("a", 0), ("a", 1)}


def test_any_of_the_words_is_enough_and_more_of_them_rank_higher(library: SegmentIndex) -> None:
    assert matches(library, "woman shuttle elephant rocket")[0] == ("a", 0)
    assert set(matches(library, "shuttle rocket")) == {("a", 0), ("b", 0)}


def test_a_document_is_proposed_once_though_several_of_its_texts_match(library: SegmentIndex) -> None:
    assert matches(library, "cat") == [("a", 2)]


def test_only_the_texts_that_count_are_looked_at(library: SegmentIndex) -> None:
    spoken = segment_filter("a", "b", modalities=(Modality.SPEECH,))
    assert matches(library, "Canaveral", spoken) == [("b", 0)]
    assert matches(library, "cat", spoken) == []


def test_videos_outside_the_filter_are_not_seen(library: SegmentIndex) -> None:
    assert matches(library, "Canaveral", segment_filter("a")) == [("a", 1)]
    assert matches(library, "Canaveral", segment_filter("unknown")) == []


def test_another_account_sees_nothing_even_with_the_right_video_id(library: SegmentIndex) -> None:
    assert matches(library, "cat", segment_filter("a", "c")) == [("a", 2)]
    assert matches(library, "cat", segment_filter("a", "c", account_id="theirs")) == [("c", 0)]


def test_segments_outside_the_time_range_are_not_seen(library: SegmentIndex) -> None:
    assert matches(library, "pilot", segment_filter("a", within=span(0, 10))) == [("a", 0)]
    assert matches(library, "pilot", segment_filter("a", within=span(5, 12))) != [("a", 0)]
    assert set(matches(library, "pilot", segment_filter("a", within=span(5, 12)))) == {("a", 0), ("a", 1)}


def test_each_video_may_have_a_time_range_of_its_own(library: SegmentIndex) -> None:
    assert matches(library, "Canaveral", segment_filter("a", "b", windows={"a": span(0, 5)})) == [("b", 0)]
    nothing_left = segment_filter("a", within=span(20, 30), windows={"a": span(0, 5)})
    assert matches(library, "pilot", nothing_left) == []


def test_the_limit_is_kept(library: SegmentIndex) -> None:
    assert len(library.search("pilot", None, segment_filter("a"), 1).words) == 1


WITHOUT_CAT = [
    "",
    "   ",
    "?!",
    "🦄 🎬",
    '"',
    "'",
    "*",
    "NEAR(a b)",
    "a AND",
    "(",
    "{caption}",
    "ca*",
    "ca" * 500,
]
WITH_CAT = [
    "speech : cat",
    "cat)",
    "elephant -cat",
    "NOT cat",
    "^cat",
    '"cat elephant"',
    "NEAR(cat elephant, 1)",
    "cat'; DROP TABLE segment; --",
    "\x00cat",
    "cat~1 [a TO z] /.*/ \\",
]


@pytest.mark.parametrize("typed", WITHOUT_CAT)
def test_signs_and_parts_of_words_match_nothing(library: SegmentIndex, typed: str) -> None:
    assert ("a", 2) not in matches(library, typed)


@pytest.mark.parametrize("typed", WITH_CAT)
def test_nothing_a_person_types_is_an_operator(library: SegmentIndex, typed: str) -> None:
    assert ("a", 2) in matches(library, typed)


def test_texts_come_back_as_they_were_given(library: SegmentIndex) -> None:
    [hit] = library.search("falcon", None, segment_filter("a"), LIMIT).words
    assert hit.document == segment("a", 1, "The pilots waited.", screen_text="FALCON 9\nCape Canaveral")


@pytest.mark.parametrize(("typed", "expected"), [("cape can", 2), ("PILOT", 2), ("9\nCape", 1), ("%", 0), ("_at", 0)])
def test_literal_text_matches_character_by_character_ignoring_case(
    library: SegmentIndex, typed: str, expected: int
) -> None:
    assert len(library.search_literal(typed, segment_filter("a", "b"), LIMIT)) == expected


@pytest.mark.parametrize("typed", ["50%", "a_b", "C:\\dir", "what?", "a*b", "ÉCOLE", "“quoted”"])
def test_literal_text_has_no_wildcards(index: SegmentIndex, typed: str) -> None:
    index.replace_video(
        "mine", "a", [segment("a", 0, f"It reads {typed}!"), segment("a", 1, "50 axb C:xdir whaty aab")]
    )
    assert [d.segment_index for d in index.search_literal(typed.lower(), segment_filter("a"), LIMIT)] == [0]


def test_literal_matches_come_in_order_of_video_and_time(library: SegmentIndex) -> None:
    order = [(d.video_id, d.segment_index) for d in library.search_literal("a", segment_filter("b", "a"), LIMIT)]
    assert order == [("a", 0), ("a", 1), ("a", 2), ("b", 0)]


def test_documents_can_be_listed_by_the_kind_of_evidence_they_hold(library: SegmentIndex) -> None:
    captioned = library.documents(segment_filter("a", "b", modalities=(Modality.CAPTION,)), LIMIT)
    assert [(d.video_id, d.segment_index) for d in captioned] == [("a", 2)]
    assert len(library.documents(segment_filter("a", "b"), 2)) == 2


@pytest.mark.parametrize("part", ["tour\\part", "part one", "\\part one.mp4"])
def test_a_part_of_a_name_is_found_character_by_character(index: SegmentIndex, part: str) -> None:
    for video_id, name in {"a": r"tour\part one.mp4", "b": "other.mp4"}.items():
        video = IndexedVideo(account_id="mine", video_id=video_id, version=1, name=name)
        index.replace_video("mine", video_id, [segment(video_id, 0, "text")], video)
    page = index.newest(segment_filter(), part, LIMIT)
    assert (page.video_ids, page.total) == (("a",), 1)
