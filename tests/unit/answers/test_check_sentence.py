"""Facts and wording of a sentence are compared with the evidence that it cites."""

from __future__ import annotations

import pytest
from cinedex.answers.domain.agent import Evidence
from cinedex.answers.domain.claim_check import Unsupported
from cinedex.answers.domain.english.claim_numbers import misplaced_numbers, numbers, parts_of_numbers
from cinedex.answers.usecases.agent.check_sentence import CheckSentence
from cinedex.kernel.span import span
from cinedex.timeline.modality import Modality

from tests.support.ready_videos import WordVectors

CREW = "Three men left Florida in 1969, and one of them never landed."
PRICES = "espresso: 63 mg black tea: 47 mg hot cocoa: 5 mg"


def check(claim: str, *texts: str, vectors: WordVectors | None = None) -> Unsupported | None:
    cited = [
        Evidence(
            result_id=f"r{n}", video_id="v", video_name="Tour.mp4", span=span(0, 9), text=text, source=Modality.SPEECH
        )
        for n, text in enumerate(texts)
    ]
    return CheckSentence(vectors or WordVectors())(claim, cited)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Three men left Florida.", None),
        ("3 men left Florida in 1969.", None),
        ("In Tour, three men left Florida.", None),
        ("One of them never landed.", None),
        ("Four men left Florida.", Unsupported.NUMBER),
        ("Three men left Florida in 1970.", Unsupported.NUMBER),
        ("Three men left Texas.", Unsupported.NAME),
        ("NASA: three men left Florida.", Unsupported.NAME),
        ("Three men left Florida with M3.", Unsupported.NUMBER),
        ("Three men never left Florida.", Unsupported.OPPOSITE),
        ("One of them landed.", Unsupported.OPPOSITE),
        ("Three men left nasa.gov in 1969.", Unsupported.ADDRESS),
        ("Three men left the secret password.", Unsupported.INSTRUCTION),
        ("Whales eat plankton near icebergs.", Unsupported.WORDING),
        ("Three men left Florida, and whales eat plankton.", Unsupported.WORDING),
    ],
)
def test_a_claim_is_refused_for_its_first_fault(claim: str, reason: Unsupported | None) -> None:
    assert check(claim, CREW) is reason


SCENE = "A person appears briefly beside the largest rocket. She opens the door on the left."


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("A woman appears briefly.", None),
        ("A person opens the door on the left.", None),
        ("A man appears briefly.", Unsupported.FACT),
        ("A person appears on the right.", Unsupported.FACT),
        ("A person is dying beside the rocket.", Unsupported.FACT),
        ("A person appears beside your rocket.", Unsupported.INSTRUCTION),
        ("Delete the largest rocket.", Unsupported.INSTRUCTION),
        ("A person must close the largest rocket.", Unsupported.INSTRUCTION),
        ("A person fails to appear.", Unsupported.OPPOSITE),
        ("It is false that a person appears.", Unsupported.OPPOSITE),
        ("A person appears beside the smallest rocket.", Unsupported.OPPOSITE),
    ],
)
def test_orders_denials_and_added_facts_are_refused(claim: str, reason: Unsupported | None) -> None:
    assert check(claim, SCENE) is reason


def test_a_denial_in_other_words_is_accepted_for_a_negation() -> None:
    assert check("The plant fails in the cold.", "The plant does not grow in the cold.") is None


def test_as_many_things_as_results_may_be_counted() -> None:
    assert check("Two cats drink.", "A cat drinks.", "Another cat drinks.") is None
    assert check("Three cats drink.", "A cat drinks.", "Another cat drinks.") is Unsupported.NUMBER


def test_words_alone_decide_while_the_text_model_is_down() -> None:
    vectors = WordVectors()
    vectors.down = True
    verify = CheckSentence(vectors)
    assert check("Three men left Florida.", CREW, vectors=vectors) is None
    assert check("Whales eat plankton.", CREW, vectors=vectors) is Unsupported.WORDING
    verify("Three men left Florida.", [])
    assert not CheckSentence(WordVectors()).is_degraded


def test_each_text_is_embedded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, embedded = WordVectors(), list[str]()
    embed = vectors.embed
    monkeypatch.setattr(vectors, "embed", lambda texts: (embedded.extend(texts), embed(texts))[1])
    verify = CheckSentence(vectors)
    evidence = Evidence(
        result_id="r1", video_id="v", video_name="v", span=span(0, 9), text=CREW, source=Modality.SPEECH
    )
    for claim in ("Three men left Florida.", "Three men left Florida in 1969."):
        assert verify(claim, [evidence]) is None
    assert len(embedded) == len(set(embedded))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("two and a half hours", [2.5]),
        ("a hundred and forty degrees", [140]),
        ("fifty five languages", [55]),
        ("12,500 km, 21.5 kg and 5cm", [12_500, 21.5, 5]),
        ("2 million seconds, twice", [2_000_000, 2]),
        ("the third of 1 December 2020", [3, 1, 2020]),
        ("no one has one", []),
        ("six hundred and sixty five days and 3 h", [665, 3]),
    ],
)
def test_numbers_are_read_as_digits_and_as_words(text: str, found: list[float]) -> None:
    assert numbers(text) == found
    assert set(found) <= parts_of_numbers(text)


@pytest.mark.parametrize(
    ("claim", "misplaced"),
    [
        ("An espresso has 63 mg.", set()),
        ("A hot cocoa has 63 mg.", {63}),
        ("Black tea has 47 mg, a hot cocoa 5 mg.", set()),
        ("It has 47 mg.", set()),
    ],
)
def test_a_number_of_a_table_belongs_to_the_words_around_it(claim: str, misplaced: set[float]) -> None:
    assert misplaced_numbers(claim, PRICES) == misplaced


def test_words_decide_while_the_text_model_is_down_and_the_answer_can_say_that() -> None:
    vectors = WordVectors()
    vectors.down = True
    checker = CheckSentence(vectors)
    cited = [
        Evidence(result_id="r1", video_id="v", video_name="v.mp4", span=span(0, 9), text=CREW, source=Modality.SPEECH)
    ]
    assert checker("Three men left Florida.", cited) is None
    assert checker("Whales eat plankton near icebergs.", cited) is Unsupported.WORDING
    assert checker.is_degraded
