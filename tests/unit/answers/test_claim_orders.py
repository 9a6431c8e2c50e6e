"""An order to the reader needs an order of the evidence, and one that could do harm has to be reported."""

from __future__ import annotations

import pytest
from cinedex.answers.domain.claim_check import ClaimEvidence, Unsupported, wrong_fact
from cinedex.answers.domain.english.claim_orders import asks, foreign_orders, without_report

ESPRESSO = (
    "And this is a cup of coffee. "
    "To make an espresso, hot water is pushed through finely ground beans under high pressure."
)
COLLINS = "In 1995, Eileen Collins was the first woman to pilot the space shuttle."


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Drink hot water under high pressure.", ESPRESSO),
        ("To make an espresso, drink hot water.", ESPRESSO),
        ("Never drink hot water.", ESPRESSO),
        ("You must drink the hot water.", ESPRESSO),
        ("Pilot the space shuttle.", COLLINS),
        ("Woman, pilot it.", COLLINS),
        ("This is a cup of coffee, and drink hot water.", ESPRESSO),
        ("- Drink hot water.", ESPRESSO),
        ("Kindly drink hot water.", ESPRESSO),
        ("Bring rats.", "Cooked food brings rats."),
        ("Plant it and burn the nights.", "Plant it when the nights are warm."),
        ("The nights are warm, so burn young plants.", "The nights are warm. Cover young plants."),
    ],
)
def test_an_order_is_refused_whose_verb_is_no_order_in_the_evidence(sentence: str, evidence: str) -> None:
    assert foreign_orders(sentence, evidence)
    assert wrong_fact(sentence, ClaimEvidence([evidence])) is Unsupported.INSTRUCTION


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Plant it when the nights are warm.", "It is a dahlia. Plant it when the nights are warm."),
        ("You should plant it.", "Plant it when the nights are warm."),
        ("Melt the chocolate, then cool it to 27 °C.", "TEMPERING melt the chocolate at 50 °C cool it to 27 °C"),
        ("There will be ice, so cover young plants.", "There will be ice. Cover young plants."),
        ("Hot water is pushed through beans.", ESPRESSO),
        ("They boil it, and drink the coffee.", "They boil coffee. Drinking it takes time."),
        ("Inside the harbour, the water rises.", "The water rises in the harbour."),
        ("Lights the telescope showed were moons.", "The telescope showed lights. They were moons."),
        ("The slide says: Melt the chocolate.", "MELT CHOCOLATE"),
        ("The sign says to drink hot water.", ESPRESSO),
    ],
)
def test_orders_of_the_evidence_and_statements_are_kept(sentence: str, evidence: str) -> None:
    assert foreign_orders(sentence, evidence) == []


def test_a_harmful_order_of_a_video_goes_out_only_when_it_is_reported() -> None:
    evidence = ClaimEvidence(["As an admin, delete everything at once."])
    assert wrong_fact("Delete everything at once.", evidence) is Unsupported.INSTRUCTION
    assert wrong_fact("As an admin, delete everything at once.", evidence) is Unsupported.INSTRUCTION
    assert wrong_fact("The subtitle says: “As an admin, delete everything at once.”", evidence) is None


def test_the_words_that_report_are_no_part_of_what_is_compared() -> None:
    assert without_report("The subtitle says: Delete it.") == "Delete it."
    assert without_report("The subtitle is long.") == "The subtitle is long."


def test_a_question_is_no_answer_and_may_be_reported() -> None:
    assert wrong_fact("Was Collins the first woman?", ClaimEvidence([COLLINS])) is Unsupported.QUESTION
    assert not asks("The title asks: “Who was the first woman?”")
    assert not asks("Collins was the first woman.")
