"""Cues of a transcript follow the usual limits: two lines of 42 characters, 1 to 7 seconds, cut where speech is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from cinedex.kernel.span import span
from cinedex.subtitles.cue import Cue
from cinedex.subtitles.export import ExportFormat, export
from cinedex.subtitles.transcript_cues import cut_cues, words_of_text
from cinedex.timeline.read_timeline import SpokenWord
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.lists(
    st.tuples(
        st.text(alphabet=st.sampled_from("aé.,!?東。 <-"), min_size=1, max_size=90),
        st.floats(0, 9, allow_nan=False),
        st.floats(0, 3, allow_nan=False),
    ),
    max_size=60,
)


def spoken(text: str, from_s: float = 0.0, each_s: float = 0.4) -> list[SpokenWord]:
    return [
        SpokenWord(span=span(from_s + i * each_s, from_s + (i + 1) * each_s), text=word)
        for i, word in enumerate(text.split())
    ]


def cues(words: Iterable[SpokenWord]) -> list[tuple[float, float, str]]:
    return [(c.span.start_s, round(c.span.end_s, 3), c.text) for c in cut_cues(words)]


def test_a_sentence_is_a_cue() -> None:
    assert cues(spoken("The fox jumps over it. The dog sleeps all day.")) == [
        (0.0, 2.0, "The fox jumps over it."),
        (2.0, 4.0, "The dog sleeps all day."),
    ]


def test_a_pause_ends_a_cue() -> None:
    assert cues([*spoken("so we walked"), *spoken("and then we ran", from_s=3.0)]) == [
        (0.0, 1.2, "so we walked"),
        (3.0, 4.6, "and then we ran"),
    ]


def test_a_long_sentence_has_two_lines_and_is_cut_at_a_clause() -> None:
    text = (
        "Seven golden trumpets are hidden behind the library of Alexandria, and nobody who looked for them came home."
    )
    first, second = cues(spoken(text, each_s=0.3))
    assert first[2] == "Seven golden trumpets are hidden\nbehind the library of Alexandria,"
    assert second[2] == "and nobody who looked for them came home."


def test_a_short_word_is_shown_for_a_second_or_until_the_next() -> None:
    assert cues(spoken("Yes.", from_s=5.0)) == [(5.0, 6.0, "Yes.")]
    assert cues([*spoken("Yes."), *spoken("No.", from_s=10.0)])[0] == (0.0, 1.0, "Yes.")
    assert cues(spoken("Yes. We can go now."))[0][2] == "Yes. We can go now."


def test_a_word_that_lasts_for_minutes_is_shown_for_seven_seconds() -> None:
    assert cues(spoken("Goal!", each_s=90.0)) == [(0.0, 7.0, "Goal!")]


def test_characters_of_double_width_count_twice_and_have_no_spaces() -> None:
    (cue,) = cues(spoken(" ".join("今日は東京タワーの夜景を皆さんと見に行きましょうね"), each_s=0.1))
    assert cue[2] == "今日は東京タワーの夜景を\n皆さんと見に行きましょうね"


def test_words_without_times_share_the_time_of_their_sentence() -> None:
    words = words_of_text("one three", 10.0, 18.0)
    assert [(w.span.start_s, w.span.end_s) for w in words] == [(10.0, 13.0), (13.0, 18.0)]


def _words(drawn: list[tuple[str, float, float]]) -> Iterator[SpokenWord]:
    at_s = 0.0
    for text, length_s, pause_s in drawn:
        yield SpokenWord(span=span(at_s, at_s + length_s), text=text.strip())
        at_s += length_s + pause_s


@given(WORDS)
def test_every_cue_keeps_the_limits_and_no_word_is_lost(drawn: list[tuple[str, float, float]]) -> None:
    words = list(_words(drawn))
    made = list(cut_cues(words))
    assert all(len(line) <= 42 for cue in made for line in cue.text.split("\n"))
    assert all(cue.text.count("\n") <= 1 and cue.span.length_s <= 7.0 + 1e-6 for cue in made)
    assert all(one.span.end_s <= other.span.start_s + 1e-6 for one, other in pairwise(made))
    assert "".join("".join(c.text.split()) for c in made) == "".join("".join(w.text.split()) for w in words)


def test_the_language_is_in_the_head_of_a_webvtt_file() -> None:
    cue = Cue(span=span(0, 1), text="Hallo")
    assert export([cue], ExportFormat.VTT, "de").startswith("WEBVTT\nLanguage: de\n\n00:00:00.000 --> ")
    assert export([cue], ExportFormat.SRT, "de").startswith("1\n00:00:00,000 --> ")
