"""Which parts of a language model's reply become a query rewrite, and their effect on a score."""

from __future__ import annotations

import json

import pytest
from cinedex.search.domain.index.segment_document import SignalHits, VectorHit, WordHit
from cinedex.search.domain.query.english.query_parser import parse_english_query
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.query.query_rewrite import SYNONYMS_MAX, Rewrite, RewriteStatus, read_rewrite
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.search.domain.ranking.highlight import mark_words
from cinedex.search.domain.ranking.similarity import cosine, mean_of
from cinedex.timeline.modality import Modality
from hypothesis import given
from hypothesis import strategies as some

from tests.support.segments import MODEL, segment, unit

REWRITTEN, NOTHING = RewriteStatus.REWRITTEN, RewriteStatus.NOTHING_TO_ADD
UNAVAILABLE, OVER_BUDGET = RewriteStatus.UNAVAILABLE, RewriteStatus.OVER_BUDGET


def reply(synonyms: dict[str, list[str]] | None = None, paraphrase: str | None = None) -> str:
    return json.dumps({"paraphrase": paraphrase, "synonyms": synonyms or {}})


def read(query: str, reply: str) -> Rewrite:
    return read_rewrite(reply, parse_english_query(query))


# What is taken from a reply


def test_other_words_and_another_wording_are_taken() -> None:
    rewrite = read("a car crash", reply({"crash": ["collision", "Car accident!", "wreck"]}, "Two vehicles collide."))
    assert (rewrite.status, rewrite.paraphrase) == (REWRITTEN, "Two vehicles collide.")
    assert rewrite.synonyms == {"crash": ("collision", "wreck")}


@pytest.mark.parametrize("fence", ["%s", "```json\n%s\n```", "Here you are:\n%s\nAnything else?"])
def test_an_object_matches_among_other_words(fence: str) -> None:
    assert read("liftoff", fence % reply({"liftoff": ["launch"]})).synonyms == {"liftoff": ("launch",)}


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I cannot help with that.",
        "}{",
        "{}}",
        "[1, 2]",
        '{"synonyms": ["launch"]}',
        '{"synonyms": {"liftoff": "launch"}}',
        '{"synonyms": {"liftoff": [1]}}',
        '{"paraphrase": {"text": "x"}}',
        reply({"liftoff": ["launch"]})[:-4],
        "{" * 5_000 + "}" * 2_000,
        reply({"liftoff": ["launch"]}) + " " * 8_000,
    ],
)
def test_a_reply_of_another_form_is_unavailable(reply: str) -> None:
    assert read("liftoff", reply).status is UNAVAILABLE


def test_a_model_may_have_nothing_to_add() -> None:
    assert read("liftoff", "{}").status is NOTHING
    assert read("liftoff", reply({"liftoff": []}, " LIFTOFF ")).status is NOTHING


@pytest.mark.parametrize(
    ("query", "also"),
    [
        ("a red car", {"car": ["red", "cars", "a car", "racing car"]}),  # said already, in whatever form
        ("vehicles", {"vehicle": ["car", "truck"]}),  # its kinds count in full
        ("a car", {"boat": ["ship"]}),  # not in the query
        ("a car", {"car": ["the", "show me", "...", "", "x" * 41, "one of the many other things"]}),
        ('the "clean room"', {"clean": ["tidy"], "room": ["chamber"]}),  # must be there word for word
        ("street without people", {"street": ["people", "person", "human beings"], "people": ["crowd"]}),
        ("rocket after 0:10", {"after": ["later"], "0:10": ["ten"]}),
        ("a car", {"a": ["the"], "": ["x"]}),
    ],
)
def test_unsuitable_synonyms_are_left_out(query: str, also: dict[str, list[str]]) -> None:
    synonyms = read(query, reply(also)).synonyms
    assert synonyms == ({"street": ("human beings",)} if "human beings" in str(also) else {})


def test_only_a_few_are_taken() -> None:
    many = {w: [f"{w}like{n}" for n in range(9)] for w in ("alpha", "beta", "gamma", "delta")}
    also = read("alpha beta gamma delta", reply(many)).synonyms
    assert [len(others) for others in also.values()] == [4, 4, 4]
    assert sum(map(len, also.values())) == SYNONYMS_MAX


@pytest.mark.parametrize("paraphrase", ["x " * 200, "\x00\x1b", "?!", "the of and"])
def test_a_wording_that_is_too_long_or_says_nothing_is_left_out(paraphrase: str) -> None:
    assert read("liftoff", reply(paraphrase=paraphrase)).paraphrase is None


def test_a_wording_is_one_plain_line() -> None:
    assert read("liftoff", reply(paraphrase="A rocket\n\trises\x00.")).paraphrase == "A rocket rises ."


@given(some.text(max_size=300), some.text(max_size=60))
def test_any_reply_is_read_without_an_error(text: str, query: str) -> None:
    for raw in (text, reply({"rocket": [text]}, text)):
        rewrite = read_rewrite(raw, parse_english_query(f"rocket {query}"))
        assert "\n" not in (rewrite.paraphrase or "")


# What it does to a score


def scores(query: Query, *said: str) -> list[float]:
    documents = [segment("a", i, text) for i, text in enumerate(said)]
    hits = SignalHits(words=tuple(WordHit(document=d, score=1.0) for d in documents))
    return [s.score for s in sorted(fuse(query, hits, tuple(Modality)), key=lambda s: s.document.segment_index)]


def test_another_word_counts_less_than_the_word_itself() -> None:
    query = Query(text="red car", synonyms={"car": ("automobile",)})
    both, other, one = scores(query, "a red car", "a red automobile", "a red house")
    assert both > other > one
    assert both == scores(Query(text="red car"), "a red car", "", "a red house")[0]


def test_all_words_of_another_phrase_must_be_there() -> None:
    query = Query(text="rocket", synonyms={"rocket": ("launch vehicle",)})
    whole, half = scores(query, "The launch vehicle stands there.", "A vehicle stands there.")
    assert whole > half
    assert scores(Query(text="rocket"), "", "A vehicle stands there.")[1] == half


def test_synonyms_are_looked_up_and_highlighted() -> None:
    query = Query(text="rockets", synonyms={"rockets": ("launch vehicle", "missile")})
    assert query.index_words.split() == ["rockets", "launch", "vehicle", "missile"]
    assert mark_words("Two launch vehicles.", query) == "Two <em>launch</em> <em>vehicles</em>."
    assert mark_words("Two vehicles.", query) is None


def test_a_query_and_its_paraphrase_are_compared_by_the_mean_of_their_cosines() -> None:
    one, other, text = unit(1, 0, 0), unit(1, 2, 0), unit(2, 1, 1)
    direction, length = mean_of([one, other])
    assert cosine(direction, direction) == pytest.approx(1)
    assert cosine(direction, text) * length == pytest.approx((cosine(one, text) + cosine(other, text)) / 2)
    assert mean_of([unit(1, 0), unit(-1, 0)])[1] == 0
    hit = VectorHit(document=segment("a", 0, "x", vector=text, model=MODEL), cosines={Modality.SPEECH: 0.8})
    assert SignalHits(vectors=(hit,)).with_scaled_cosines(0.5).vectors[0].cosines == {Modality.SPEECH: 0.4}


def test_a_rewrite_stored_under_its_former_field_names_is_still_read() -> None:
    stored = {"status": "rewritten", "also": {"liftoff": ["launch"]}, "restated": "A rocket rises."}
    rewrite = Rewrite.model_validate(stored)
    assert (rewrite.synonyms, rewrite.paraphrase) == ({"liftoff": ("launch",)}, "A rocket rises.")


# Limits of a reply


@pytest.mark.parametrize(("length", "status"), [(8000, REWRITTEN), (8001, UNAVAILABLE)])
def test_a_reply_has_at_most_8000_characters(length: int, status: RewriteStatus) -> None:
    text = reply({"crash": ["collision"]})
    assert read("a car crash", text + " " * (length - len(text))).status is status


@pytest.mark.parametrize(("length", "is_taken"), [(300, True), (301, False)])
def test_a_paraphrase_has_at_most_300_characters(length: int, is_taken: bool) -> None:
    assert (read("liftoff", reply(paraphrase="x" * length)).paraphrase is not None) is is_taken


@pytest.mark.parametrize(("length", "is_taken"), [(40, True), (41, False)])
def test_a_synonym_has_at_most_40_characters(length: int, is_taken: bool) -> None:
    assert bool(read("liftoff", reply({"liftoff": ["x" * length]})).synonyms) is is_taken


@pytest.mark.parametrize(("words", "is_taken"), [("alpha bravo charlie", True), ("alpha bravo charlie delta", False)])
def test_a_synonym_has_at_most_three_words(words: str, is_taken: bool) -> None:
    assert bool(read("liftoff", reply({"liftoff": [words]})).synonyms) is is_taken


def test_a_word_has_at_most_four_synonyms_and_a_query_twelve() -> None:
    many = {w: [f"{w}like{n}" for n in range(9)] for w in ("alpha", "beta", "gamma", "delta")}
    taken = read("alpha beta gamma delta", reply(many)).synonyms
    assert [len(others) for others in taken.values()] == [4, 4, 4]
    uneven = {"alpha": many["alpha"][:3], "beta": many["beta"], "gamma": many["gamma"], "delta": many["delta"]}
    assert [len(o) for o in read("alpha beta gamma delta", reply(uneven)).synonyms.values()] == [3, 4, 4, 1]


@pytest.mark.parametrize("text", ["}{", "{", "}", "", "no object"])
def test_a_reply_without_an_object_is_unavailable(text: str) -> None:
    assert read("liftoff", text).status is UNAVAILABLE


def test_the_smallest_object_adds_nothing() -> None:
    assert read("liftoff", "{}").status is NOTHING


def test_a_paraphrase_that_repeats_the_query_in_another_case_adds_nothing() -> None:
    assert read("The Liftoff", reply(paraphrase="the LIFTOFF")).status is NOTHING


def test_a_word_is_given_its_synonyms_once() -> None:
    assert read("dogs", reply({"dogs": ["hound"], "dog": ["puppy"]})).synonyms == {"dogs": ("hound",)}
