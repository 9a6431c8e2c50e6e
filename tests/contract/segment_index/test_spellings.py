"""A word is found in whatever spelling a text or a query has, alike in every store."""

from __future__ import annotations

import unicodedata

import pytest
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.timeline.modality import Modality

from tests.support.segments import segment, segment_filter

SPELLINGS = [
    (unicodedata.normalize("NFD", "Résumé für José.mp4"), "résumé für José"),
    ("Résumé für José.mp4", unicodedata.normalize("NFD", "résumé")),
    ("Café Müller menu", "cafe muller"),
    ("Beyoncé at the Pokémon arena", '"pokemon arena"'),
    ("Beyonce at the arena", "Beyoncé"),
    ("Don't panic", '"don’t panic"'),
    ("Don't panic", "“don’t panic”"),
    ("Don't panic", "„Don't panic“"),
    ("It is six o'clock", "o’clock"),
    ("Hauptstraße İstanbul", "HAUPTSTRASSE istanbul"),
    ("نَشْرَة الأخبار", "نشرة"),
    ("Free Wi-Fi here", "wifi"),
    ("Free wifi here", "Wi-Fi"),
    ("COVID-19 figures", "covid19"),
    ("covid 19 figures", "covid19"),
    ("Flight BA-2490", "BA2490"),
    ("It costs 1,250.00", "1250"),
    ("It costs 1250", "1,250"),
    ("東京タワーの夜景ツアー", "東京タワー"),
    ("東京タワーの夜景ツアー", '"夜景"'),
    ("สวัสดีชาวโลก", "สวัสดี"),
    ("서울에서 만나요", "서울"),
    ("नमस्ते दुनिया", "दुनिया"),
    ("Launch day 🚀", "🚀"),
    ("Written in C++", "c++"),
]


def found(index: SegmentIndex, typed: str) -> list[str]:
    """The texts of the speech that the words of the query match, after scoring."""
    query = Query(text=typed)
    hits = index.search(query.index_words, None, segment_filter("a"), 10)
    return [s.document.texts[Modality.SPEECH] for s in fuse(query, hits, tuple(Modality)) if s.coverage > 0.5]


@pytest.fixture
def library(index: SegmentIndex) -> SegmentIndex:
    texts = dict.fromkeys(text for text, _ in SPELLINGS)
    index.replace_video("mine", "a", [segment("a", i, text) for i, text in enumerate(texts)])
    return index


def test_each_spelling_finds_the_text(library: SegmentIndex) -> None:
    missed = [(text, typed) for text, typed in SPELLINGS if text not in found(library, typed)]
    assert missed == []


def test_another_word_of_the_same_letters_is_not_found(library: SegmentIndex) -> None:
    assert found(library, "京都") == []
    assert found(library, "passé") == []


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("Café Müller", "cafe mu"),
        ("Don't panic", "DON’T"),
        ("two\nlines", "two lines"),
        ("FULL－WIDTH ＡＢＣ", "width abc"),
        ("東京タワー", "京タ"),
        ("50 % off?", "% off?"),
        (unicodedata.normalize("NFD", "Übung"), "Übung"),
    ],
)
def test_literal_text_is_found_in_any_case_and_without_accents(index: SegmentIndex, text: str, literal: str) -> None:
    index.replace_video("mine", "a", [segment("a", 0, "Something else."), segment("a", 1, text)])
    documents = index.search_literal(literal, segment_filter("a"), 10)
    assert [document.texts[Modality.SPEECH] for document in documents] == [text]
