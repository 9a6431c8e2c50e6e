"""What a query requires, what it excludes, and when; its remaining text stays unchanged."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span, span
from cinedex.search.domain.query.english.query_parser import parse_english_query
from cinedex.search.domain.query.negation import Negation
from cinedex.timeline.modality import Modality

WHOLE = span(0, 600)

TIMES = [
    ("rocket in the first minute", "rocket", span(0, 60)),
    ("ROCKET IN THE FIRST MINUTE", "ROCKET", span(0, 60)),
    ("a dog in the first 30 seconds", "a dog", span(0, 30)),
    ("applause in the last ten seconds", "applause", span(590, 600)),
    ("show me a cat in the last 5 seconds please", "show me a cat please", span(595, 600)),
    ("a logo at the beginning", "a logo", span(0, 60)),
    ("credits at the end", "credits", span(540, 600)),
    ("logo at the very end of the video", "logo", span(540, 600)),
    ("at the end, the dog sleeps", "the dog sleeps", span(540, 600)),
    ("at the end they hug", "they hug", span(540, 600)),
    ("car after 2:00", "car", span(120, 600)),
    ("after 1:00, a red car", "a red car", span(60, 600)),
    ("dog after 30 seconds", "dog", span(30, 600)),
    ("car before 0:30", "car", span(0, 30)),
    ("cat between 10 and 20 seconds", "cat", span(10, 20)),
    ("cat between 0:10 and 0:20", "cat", span(10, 20)),
    ("cat from 1:00 to 2:00", "cat", span(60, 120)),
    ("cat from 10 seconds to 1 minute", "cat", span(10, 60)),
    ("from minute 1 to minute 2 a cat", "a cat", span(60, 120)),
    ("goal around 1:30", "goal", span(80, 100)),
    ("dog at the 1:30 mark", "dog", span(80, 100)),
    ("goal in the first half", "goal", span(0, 300)),
    ("goal in the second half of the video", "goal", span(300, 600)),
    ("dog in the middle of the video", "dog", span(200, 400)),
    ("after 1:00 and before 2:00 a red car", "a red car", span(60, 120)),
    ('"to be or not to be" in the first minute', '"to be or not to be"', span(0, 60)),
]


@pytest.mark.parametrize(("query", "text", "part"), TIMES, ids=[query for query, *_ in TIMES])
def test_time_words_become_a_part_of_the_video(query: str, text: str, part: Span) -> None:
    reading = parse_english_query(query)
    assert (reading.text, reading.span_in(WHOLE)) == (text, part)
    assert reading.must_not == ()


NUMBER_WORDS = [
    ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8),
    ("nine", 9), ("ten", 10), ("fifteen", 15), ("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50),
    ("sixty", 60), ("ninety", 90),
]  # fmt: skip


@pytest.mark.parametrize(("word", "seconds"), NUMBER_WORDS, ids=[word for word, _ in NUMBER_WORDS])
def test_numbers_are_read_as_words(word: str, seconds: int) -> None:
    assert parse_english_query(f"dog in the first {word} seconds").span_in(WHOLE) == span(0, seconds)
    assert parse_english_query(f"dog after {word} minutes").span_in(span(0, 9000)) == span(60 * seconds, 9000)


DENIED_TIMES = [
    ("coffee not in the first minute", "coffee", span(60, 600)),
    ("coffee, but not in the first ten seconds", "coffee", span(10, 600)),
    ("people not at the end", "people", span(0, 540)),
    ("people not right at the end", "people", span(0, 540)),
    ("people except in the first minute", "people", span(60, 600)),
    ("people never at the beginning", "people", span(60, 600)),
    ("people who aren't at the end", "people who", span(0, 540)),
    ("people other than at the end", "people", span(0, 540)),
    ("people in all but the last minute", "people", span(0, 540)),
    ("coffee without the last minute", "coffee", span(0, 540)),
    ("coffee except for the first half", "coffee", span(300, 600)),
    ("coffee outside the first minute of the video", "coffee", span(60, 600)),
    ("not at the end, the dog sleeps", "the dog sleeps", span(0, 540)),
    ("car not before 2:00", "car", span(120, 600)),
    ("car not after 2:00", "car", span(0, 120)),
    ("coffee not in the first minute and not at the end", "coffee", span(60, 540)),
    ("coffee not in the first minute but in the second half", "coffee", span(300, 600)),
    ("people outside in the first minute", "people outside", span(0, 60)),
]


@pytest.mark.parametrize(("query", "text", "part"), DENIED_TIMES, ids=[query for query, *_ in DENIED_TIMES])
def test_a_time_that_is_denied_asks_for_the_rest_of_the_video(query: str, text: str, part: Span) -> None:
    reading = parse_english_query(query)
    assert (reading.text, reading.span_in(WHOLE), reading.must_not) == (text, part, ())


def test_a_thing_that_is_denied_at_some_time_must_not_be_there_then() -> None:
    reading = parse_english_query("street without people in the first minute")
    assert (reading.text, reading.must_not, reading.span_in(WHOLE)) == ("street", ("people",), span(0, 60))


NEGATIONS = [
    ("car -red", "car", ("red",)),
    ('car -"red light"', "car", ("red light",)),
    ("street without people", "street", ("people",)),
    ("man without a hat", "man", ("hat",)),
    ("without people, a street", "a street", ("people",)),
    ("cars without people or dogs", "cars", ("people", "dogs")),
    ("street without a dog, a cat or people", "street", ("dog", "cat", "people")),
    ("street with no cars", "street", ("cars",)),
    ("street no cars", "street", ("cars",)),
    ("beach, no people", "beach", ("people",)),
    ("a car not red", "a car", ("red",)),
    ("a car but not red", "a car", ("red",)),
    ("a car, not a truck", "a car", ("truck",)),
    ("coat but not in winter", "coat", ("winter",)),
    ("all animals except dogs", "all animals", ("dogs",)),
    ("park except for benches", "park", ("benches",)),
    ("a kitchen without any people and no dogs", "a kitchen", ("people", "dogs")),
]


@pytest.mark.parametrize(("query", "text", "must_not"), NEGATIONS, ids=[query for query, *_ in NEGATIONS])
def test_negated_words_must_not_be_there(query: str, text: str, must_not: tuple[str, ...]) -> None:
    reading = parse_english_query(query)
    assert (reading.text, reading.must_not, reading.ranges) == (text, must_not, ())


LEFT_ALONE = [
    "a hot drink",
    "the end of the world",
    "light at the end of the tunnel",
    "at the end of the day",
    "the first minute of silence",
    "in the first minute of silence",
    "in the first half of the century",
    "in the beginning was the word",
    "man in the middle",
    "runners at the start line",
    "train after 9:30 pm",
    "meeting before 10:00 a.m.",
    "between 10 and 20 people",
    "from 2:00 to 1:00 a cat",
    "score after 2:1",
    "John 3:16",
    "the last hour",
    "five minutes in the oven",
    "after the storm",
    "no country for old men",
    "no time to die",
    "no smoking",
    '"no smoking" sign',
    '"in the first minute" rocket',
    "“at the end” credits",
    "a sign that says no entry",
    "no parking sign",
    "doctors without borders",
    "rebel without a cause",
    "without remorse",
    "cooking without using salt",
    "horse with no name",
    "there is no spoon",
    "to be or not to be",
    "last but not least",
    "gone but not forgotten",
    "error 404 not found",
    "the dog that did not bark",
    "yes or no question",
    "no one is home",
    "nothing except the sea",
    "spider-man",
    "rock -n- roll",
    "it was -5 degrees",
    "mother-in-law",
    "coffee not between 0:10 and 0:20",
    "coffee, not from 0:10 until 0:20",
    "people except around 1:30",
    "coffee but not in the middle of the video",
    "coffee, not only in the first minute",
    "coffee, not just at the end",
    "coffee but not always at the end",
    "coffee not in the first minute or at the end",
    "coffee not at the end or in the first minute",
    "coffee without the last minute rush",
    "a dog that does not bark in the first minute",
    "people don't appear in the first minute",
    "people no longer at the end",
    "no coffee in the first minute",
    "nobody at the end",
]


@pytest.mark.parametrize("query", LEFT_ALONE)
def test_titles_and_idioms_are_not_parsed(query: str) -> None:
    reading = parse_english_query(query)
    assert (reading.text, reading.must_not, reading.ranges) == (query, (), ())


@pytest.mark.parametrize(
    "query", ["-red", "without people", "videos without people", "in the first minute", "what happens at the end"]
)
def test_a_query_without_a_subject_is_rejected(query: str) -> None:
    with pytest.raises(InvalidInput, match="Add the words to search for") as refusal:
        parse_english_query(query)
    assert refusal.value.field == "query"


def test_the_same_words_mean_another_part_of_a_longer_video() -> None:
    reading = parse_english_query("credits at the end")
    assert [reading.span_in(span(0, length_s)) for length_s in (50, 6000)] == [span(40, 50), span(5940, 6000)]


def test_a_video_that_is_over_before_has_no_such_part() -> None:
    assert parse_english_query("car after 2:00").span_in(span(0, 60)) is None
    assert parse_english_query("car after 1:00 before 0:30").span_in(WHOLE) is None


@pytest.mark.parametrize(
    ("negated", "said", "held"),
    [
        ("red", "A Red car.", True),
        ("cars", "One car waits.", True),
        ("people", "A woman walks by.", True),
        ("people", "A street without any people.", False),
        ("people", "Without people, then a man comes.", True),
        ("vehicles", "Two trucks in view.", True),
        ("red car", "A red car.", True),
        ("red car", "A red truck and a car.", False),
        ("dog", "A dogma.", False),
    ],
)
def test_an_inflected_word_is_excluded_unless_the_text_denies_it(negated: str, said: str, held: bool) -> None:
    [negation] = parse_english_query(f'city -"{negated}"').negations
    assert negation.excludes({Modality.CAPTION: said}) is held


def test_metadata_is_not_checked_for_excluded_words() -> None:
    assert not Negation(text="people").excludes({Modality.METADATA: "People of my town"})
