"""Which sentences of a model's text are emitted, for any text and in any pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from cinedex.answers.domain.agent import AgentCitation, Evidence
from cinedex.answers.domain.cited_answer import CitedAnswer
from cinedex.answers.domain.sentence_splitter import SentenceSplitter
from cinedex.kernel.span import span
from cinedex.timeline.modality import Modality
from hypothesis import given
from hypothesis import strategies as st


def cited(result_id: str, start_s: float, end_s: float, text: str = "word") -> AgentCitation:
    evidence = Evidence(
        result_id=result_id,
        video_id="v",
        video_name="v.mp4",
        span=span(start_s, end_s),
        text=text,
        source=Modality.SPEECH,
    )
    return AgentCitation(result_set_id="s", evidence=evidence)


FOUND = {
    "r1": cited("r1", 5, 9, "The test lasts 42 seconds and began at 9:30."),
    "r2": cited("r2", 61, 70),
    "r10": cited("r10", 100, 110),
}


def emitted(text: str, piece: int = 1000) -> CitedAnswer:
    answer = CitedAnswer(FOUND, lambda *_: None)
    shown = [s for at in range(0, len(text), piece) for s in answer.write(text[at : at + piece])]
    shown += answer.finish()
    assert "".join(shown) == answer.text
    return answer


def test_a_sentence_is_compared_with_the_evidence_that_it_cites_and_with_no_other() -> None:
    compared: list[tuple[str, list[str]]] = []

    def check(claim: str, evidence: Sequence[Evidence]) -> None:
        compared.append((claim, [e.result_id for e in evidence]))

    answer = CitedAnswer(FOUND, check)
    list(answer.write("It flies [r2]. It lands [r1, r10] and sings [r1]. It rests [r77]."))
    list(answer.finish())
    assert compared == [("It flies.", ["r2"]), ("It lands and sings.", ["r1", "r10"])]
    assert [citation.evidence.result_id for citation in answer.citations] == ["r2", "r1", "r10"]
    assert (answer.rejected, list(answer.unknown_ids)) == (["It rests [r77]."], ["r77"])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("It flies [r1].", "It flies [1]."),
        ("It flies. [r1]", "It flies. [1]"),
        ("It flies.[r1] It lands. [r2]", "It flies.[1] It lands. [2]"),
        ("It flies [r2]. It lands [r1]. It rests [r2].", "It flies [1]. It lands [2]. It rests [1]."),
        ("It flies [r1, r2].", "It flies [1][2]."),
        ("It flies [r1][r10].", "It flies [1][2]."),
        ("It flies 【r1】.", "It flies [1]."),
        ("It flies [r1, r77].", "It flies [1]."),
        ("It flies [r1] and sings [r77].", "It flies [1] and sings."),
        ("Here is what I found:\n- It flies [r1]\n- It sings\n- It lands [r2]", "- It flies [1]\n- It lands [2]"),
        ("1. It flies [r1].\n2. It lands [r2].", "1. It flies [1].\n2. It lands [2]."),
        ("Dr. Smith flies [r1].", "Dr. Smith flies [1]."),
        ("It weighs 3.5 tons [r1].", "It weighs 3.5 tons [1]."),
        ("它会飞[r1]。它会唱歌。", "它会飞[1]。"),
        ("It flies [3] [r1].", "It flies [1]."),
        ("[r1]", ""),
        ("It sings [r77].", ""),
        ("It sings.", ""),
        ("", ""),
        ("It flies [r1]. It flies [r1].", "It flies [1]."),
        ("x" * 795 + " [r1].", ""),
    ],
)
def test_only_sentences_with_citations_of_retrieved_evidence_are_emitted(written: str, shown: str) -> None:
    assert emitted(written).text == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("At 0:42 it flies [r1].", "At 0:05–0:09 it flies [1]."),
        ("It flies (0:07) [r1].", "It flies (0:07) [1]."),
        ("It flies from 0:42 to 0:50 [r1].", "It flies from 0:05–0:09 [1]."),
        ("It flies at 42 seconds [r1].", "It flies at 0:05–0:09 [1]."),
        ("It flies at about 7 seconds [r1].", "It flies at about 7 seconds [1]."),
        ("It flies from 10 to 20 seconds [r1].", "It flies at 0:05–0:09 [1]."),
        ("It flies at the 42-second mark [r1].", "It flies at 0:05–0:09 [1]."),
        ("It flies in the 42nd second [r1].", "It flies in the at 0:05–0:09 [1]."),
        ("It flies at 1 minute 5 seconds [r2].", "It flies at 1 minute 5 seconds [1]."),
        ("It flies at 2 minutes [r2].", "It flies at 1:01–1:10 [1]."),
        ("It burns for 12 seconds [r1].", "It burns for 12 seconds [1]."),
        ("The test lasts 42 seconds, since 9:30 [r1].", "The test lasts 42 seconds, since 9:30 [1]."),
        (
            "At 0:30 it flies [r1] and at 0:30 it lands [r2].",
            "At 0:05–0:09 it flies [1] and at 1:01–1:10 it lands [2].",
        ),
        ("It flies at 7m30s [r1].", "It flies at 0:05–0:09 [1]."),
        ("It comes two minutes in, and flies [r1].", "It comes at 0:05–0:09, and flies [1]."),
        ("It comes 30 seconds into the clip [r1].", "It comes at 0:05–0:09 [1]."),
        ("It burns for two minutes in space [r1].", "It burns for two minutes in space [1]."),
        ("It flies at 1:41:40 [r10].", "It flies at 1:40–1:50 [1]."),
    ],
)
def test_times_are_those_of_the_evidence_and_not_the_models(written: str, shown: str) -> None:
    assert emitted(written).text.casefold() == shown.casefold()


texts = st.lists(
    st.sampled_from(
        [
            "It flies",
            "[r1]",
            "[r2, r99]",
            "[r99]",
            "[5]",
            ".",
            "! ",
            "? ",
            "\n",
            " ",
            "Mr. ",
            "at 0:42",
            "3.5",
            "[",
            "“x.” ",
            "。",
            "- ",
        ]
    ),
    max_size=30,
).map("".join)


@given(texts, st.integers(min_value=1, max_value=9))
def test_the_division_of_a_stream_into_pieces_does_not_matter(text: str, piece: int) -> None:
    assert emitted(text, piece).text == emitted(text).text


@given(texts)
def test_nothing_is_lost_between_sentences(text: str) -> None:
    stream = SentenceSplitter()
    assert "".join([*stream.feed(text), stream.finish()]) == text


@given(texts)
def test_every_mark_points_at_a_citation_and_every_citation_has_its_mark(text: str) -> None:
    answer = emitted(text)
    numbers = [int(n) for n in re.findall(r"\[(\d+)\]", answer.text)]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(answer.citations) + 1))
    assert not re.search(r"\[r\d", answer.text)
    assert bool(answer.text) is bool(answer.citations)


def test_rejected_sentences_are_recorded() -> None:
    answer = emitted("It sings. It hums [r77]. It flies [r1].")
    assert answer.rejected == ["It sings.", "It hums [r77]."]
    assert list(answer.unknown_ids) == ["r77"]
