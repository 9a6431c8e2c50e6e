"""Stems: inflections of a word are one word, and other words stay apart."""

from __future__ import annotations

import pytest
from cinedex.kernel.text.tokens import (
    content_words,
    index_terms,
    query_terms,
    singular,
    stem,
    stems,
    stems_of_word,
    words,
)


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("cats", "cat"), ("cat's", "cat"), ("cats’", "cat"), ("dogs'", "dog"), ("toes", "toe"), ("eyes", "eye"),
        ("ponies", "pony"), ("ties", "ty"), ("boxes", "box"), ("watches", "watch"), ("wishes", "wish"),
        ("bosses", "boss"), ("boss", "boss"), ("bus", "bus"), ("lens", "len"), ("gas", "gas"), ("was", "was"),
        ("this", "this"), ("is", "is"), ("lies", "ly"), ("children's", "child"), ("women", "woman"), ("mice", "mouse"),
        ("built", "build"), ("knives", "knife"), ("feet", "foot"), ("people", "person"),
    ],
)  # fmt: skip
def test_a_plural_is_read_as_its_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


@pytest.mark.parametrize(
    "same",
    [
        ["run", "runs", "running"], ["hop", "hopped", "hopping"], ["plan", "plans", "planned", "planning"],
        ["visit", "visits", "visited", "visiting"], ["hope", "hopes", "hoping"], ["cry", "cries"],
        ["play", "plays", "played", "playing"], ["fall", "falls", "falling"], ["fuss", "fussing"], ["buzz", "buzzing"],
        ["see", "sees"], ["bake", "bakes", "baked", "baking"],
    ],
)  # fmt: skip
def test_inflections_of_a_verb_have_one_stem(same: list[str]) -> None:
    assert len(set(map(stem, same))) == 1, {word: stem(word) for word in same}


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("ring", "ring"), ("sing", "sing"), ("thing", "thing"), ("being", "be"), ("bed", "bed"), ("red", "red"),
        ("seed", "seed"), ("need", "need"), ("the", "the"), ("axe", "axe"), ("tree", "tree"), ("pilotage", "pilotag"),
        ("fly", "fli"), ("by", "by"), ("buy", "buy"), ("happy", "happi"), ("hoped", "hope"), ("ed", "ed"),
        ("aped", "ape"), ("asked", "ask"), ("string", "string"), ("bring", "bring"), ("eating", "eat"),
    ],
)  # fmt: skip
def test_endings_that_are_part_of_a_word_stay(word: str, root: str) -> None:
    assert stem(word) == root


def test_a_query_has_the_words_that_can_be_found_each_once() -> None:
    assert content_words("What is shown in the video?") == ()
    assert content_words("Show me the red bus, the RED bus") == ("red", "bus")
    assert list(words("The red bus")) == ["the", "red", "bus"]


def test_texts_are_indexed_and_looked_up_without_apostrophes() -> None:
    assert index_terms("don't") == "dont dont"
    assert [word for word, *_ in query_terms("don't don’t stop")] == ["dont", "stop"]
    assert {"o'clock", "clock"} <= stems("six o’clock")


def test_a_store_gets_stems_of_other_languages_beside_the_words() -> None:
    assert index_terms("Häuser", ("de",)) == "hauser hausʰ"
    assert index_terms("Houses", ("en",)) == "houses"
    assert index_terms("tai", ("cy",)) == "tai"
    ((word, *forms),) = query_terms("Haus")
    assert (word, "hausʰ" in forms) == ("haus", True)


def test_a_word_is_compared_in_the_languages_of_the_texts() -> None:
    assert stems("Häuser", ("de",)) & stems_of_word("Haus", "haus", ("de",)) == {"de:haus"}
    assert stems("mangée", ("fr",)) & stems_of_word("mangee", "mangee", ("fr",)) == {"fr:mange"}
    assert stems("tai", ("cy",)) == {"=:tai"}
    assert stems("東京", ("ja",)) == stems("東京")
