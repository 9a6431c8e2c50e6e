"""Words, stems, terms and phrases."""

from __future__ import annotations

import pytest
from cinedex.kernel.text.tokens import content_words, stem
from cinedex.search.domain.query.query import Query


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pilots", "piloted"),
        ("waiting", "wait"),
        ("galaxies", "galaxy"),
        ("make", "making"),
        ("made", "makes"),
        ("stopped", "stops"),
        ("telescope’s", "telescopes"),
        ("people", "person"),
        ("women", "woman"),
        ("boxes", "box"),
    ],
)
def test_forms_of_one_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("red", "r"), ("string", "str"), ("bus", "bu"), ("cat", "category")])
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_a_question_is_reduced_to_its_content_words() -> None:
    assert content_words("What is the name of the cat?") == ("cat",)
    assert content_words("What is shown on the screen?") == ()


def test_a_query_of_stop_words_only_is_taken_literally() -> None:
    assert [term.word for term in Query(text="to be or not to be").terms] == ["to", "be", "or", "not"]


def test_a_category_matches_the_labels_of_its_members() -> None:
    [animal] = Query(text="which animals are shown?").terms
    assert animal.is_in(frozenset({stem("cat")}))
    assert not animal.is_in(frozenset({stem("car")}))
    assert "cat" in Query(text="animals").index_words.split()


def test_words_with_one_stem_are_one_term() -> None:
    assert len(Query(text="walk walking walked walks").terms) == 1


def test_only_quotation_marks_mean_something() -> None:
    query = Query(text='the "Clean Room," AND “mirror”')
    assert query.phrases == ("clean room", "mirror")
    assert Query(text='5" disk').phrases == ()


def test_emptiness_and_signs_have_no_terms() -> None:
    assert Query(text=" ?! … ").terms == ()


@pytest.mark.parametrize("text", ["the", "of the", "is it a", "and"])
def test_a_query_of_words_that_every_text_contains_has_no_terms(text: str) -> None:
    assert Query(text=text).terms == ()


def test_a_phrase_of_small_words_must_be_held_word_for_word() -> None:
    assert Query(text="To be or not to be").phrases == ("to be or not to be",)
