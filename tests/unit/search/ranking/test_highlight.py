"""Sentences, marks and timecodes."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import span
from cinedex.kernel.timecode import timecode, timecodes
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.highlight import mark_literal, mark_words, sentences


def test_sentences_are_verbatim_parts_of_the_text() -> None:
    text = "It waits. “Is it safe?” Yes! At 3.5 km. The end\nFALCON 9"
    assert sentences(text) == ("It waits.", "“Is it safe?”", "Yes!", "At 3.5 km.", "The end", "FALCON 9")
    assert all(sentence in text for sentence in sentences(text))


def test_a_quotation_is_never_cut() -> None:
    text = "A cat is in view. A voice says: “This is Chelsea. She is a cat.”"
    assert sentences(text) == ("A cat is in view.", "A voice says: “This is Chelsea. She is a cat.”")


def test_words_are_marked_in_whatever_form_they_stand() -> None:
    marked = mark_words("The pilot piloted, <b>pilots</b> wait.", Query(text="pilots"))
    assert marked == "The <em>pilot</em> <em>piloted</em>, <b><em>pilots</em></b> wait."


def test_a_text_without_the_words_has_no_highlight() -> None:
    assert mark_words("Nothing here.", Query(text="rocket")) is None
    assert mark_literal("Nothing here.", "rocket") is None


def test_literal_text_is_marked_ignoring_case_and_without_patterns() -> None:
    assert mark_literal("50% off. 50x off. 50% OFF", "50% off") == "<em>50% off</em>. 50x off. <em>50% OFF</em>"


@pytest.mark.parametrize(("time_s", "written"), [(0, "0:00"), (5.99, "0:05"), (750, "12:30"), (3723.4, "1:02:03")])
def test_times_are_written_as_players_write_them(time_s: float, written: str) -> None:
    assert timecode(time_s) == written


def test_a_span_is_written_with_both_ends_unless_they_read_the_same() -> None:
    assert timecodes(span(5, 9)) == "0:05–0:09"
    assert timecodes(span(5.1, 5.8)) == "0:05"


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("Cafe\u0301 Müller", "café muller", "<em>Cafe\u0301</em> <em>Müller</em>"),
        ("Free Wi-Fi here", "wifi", "Free <em>Wi-Fi</em> here"),
        ("I can’t stop", "can't", "I <em>can’t</em> stop"),
        ("東京タワーの夜景", "夜景", "東京タワーの<em>夜景</em>"),
        ("It costs 1,250.00", "1250", "It costs <em>1,250</em>.00"),
    ],
)
def test_a_word_is_marked_in_the_spelling_of_the_text(text: str, typed: str, marked: str) -> None:
    assert mark_words(text, Query(text=typed)) == marked


def test_literal_text_is_marked_without_accents_in_the_original() -> None:
    assert mark_literal("Zum Cafe\u0301 Müller", "café mul") == "Zum <em>Cafe\u0301 Mül</em>ler"
