"""Further citations take nothing from a true sentence, and facts of two videos make no new one."""

from __future__ import annotations

import pytest
from cinedex.answers.domain.agent import Evidence
from cinedex.answers.domain.claim_check import Unsupported
from cinedex.answers.usecases.agent.check_sentence import CheckSentence
from cinedex.kernel.span import span
from cinedex.timeline.modality import Modality

from tests.support.ready_videos import WordVectors

COLLINS = (
    "In 1995, Eileen Collins was the first woman to pilot the space shuttle. "
    "Four years later she became the first woman to command it."
)
SCREEN = "EILEEN COLLINS astronaut and pilot"
PLACE = "Goddard Space Flight Center in Greenbelt, Maryland"
CAT = "This cat is called Chelsea."
ROCKET = "This rocket is waiting on its launch pad in Florida."


def check(claim: str, **videos: tuple[str, ...]) -> Unsupported | None:
    cited = [
        Evidence(
            result_id=name + text, video_id=name, video_name=f"{name}.mp4", span=span(0, 9), text=text, source=source
        )
        for name, texts in videos.items()
        for text, source in zip(texts, (Modality.SPEECH, Modality.SCREEN_TEXT), strict=False)
    ]
    return CheckSentence(WordVectors())(claim, cited)


@pytest.mark.parametrize("texts", [(COLLINS,), (COLLINS, SCREEN)])
@pytest.mark.parametrize(
    "claim",
    [
        "In 1995, Eileen Collins was the first woman to pilot the space shuttle.",
        "The first woman to pilot the space shuttle was Eileen Collins.",
    ],
)
def test_a_true_sentence_stays_with_one_citation_and_with_two(claim: str, texts: tuple[str, ...]) -> None:
    assert check(claim, tour=texts) is None


@pytest.mark.parametrize(
    ("claim", "one", "other"),
    [
        ("Eileen Collins is in Greenbelt, Maryland.", COLLINS, PLACE),
        ("In 1995, a cat called Chelsea was the first to pilot the space shuttle.", COLLINS, CAT),
        ("Chelsea is waiting on the launch pad in Florida.", CAT, ROCKET),
        ("Eileen Collins was in Greenbelt in 1995, and a cat is called Chelsea.", f"{COLLINS} {CAT}", PLACE),
    ],
)
def test_a_statement_from_two_videos_is_refused(claim: str, one: str, other: str) -> None:
    assert check(claim, one=(one,), other=(other,)) is Unsupported.MERGED


@pytest.mark.parametrize(
    "claim",
    [
        "A rocket is waiting in Florida, and this cat is called Chelsea.",
        "A rocket is waiting in Florida; this cat is called Chelsea.",
        "one.mp4 and other.mp4",
    ],
)
def test_a_sentence_with_a_statement_for_each_video_is_kept(claim: str) -> None:
    assert check(claim, one=(CAT,), other=(ROCKET,)) is not Unsupported.MERGED


def test_two_results_of_one_video_bear_a_statement_out_together() -> None:
    assert (
        check("Eileen Collins, an astronaut, was the first woman to pilot the space shuttle.", tour=(COLLINS, SCREEN))
        is None
    )
