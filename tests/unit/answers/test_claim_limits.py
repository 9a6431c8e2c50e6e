"""A sentence must not limit, doubt, count, or put in an order what its evidence does not."""

from __future__ import annotations

import pytest
from cinedex.answers.domain.claim_check import ClaimEvidence, Unsupported, wrong_fact
from cinedex.answers.domain.english.claim_counts import moved_counts
from cinedex.answers.domain.english.claim_limits import changes_limits

COLLINS = "In 1995, Eileen Collins was the first woman to pilot the space shuttle."
LATER = "Four years later she became the first woman to command it."
EGG = "The white of an egg begins to set a little before the yolk does."
SATELLITE = "In February 2015 it sent a climate satellite a million miles away from Earth."


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Eileen Collins was the only woman to pilot the space shuttle.", COLLINS),
        ("All cats are called Chelsea.", "This cat is called Chelsea."),
        ("Only cats hear sounds.", "Cats hear sounds. Only one of them sleeps."),
        ("Eileen Collins pretended to pilot the space shuttle.", COLLINS),
        ("The cat is almost called Chelsea.", "This cat is called Chelsea."),
        ("Eileen Collins piloted the space shuttle before 1995.", COLLINS),
        ("Eileen Collins piloted the space shuttle after 1995.", COLLINS),
        ("The yolk begins to set before the white of an egg does.", EGG),
        ("After the white, the yolk sets.", "The white of an egg sets after the yolk."),
        ("It sent a climate satellite to Earth.", SATELLITE),
        ("It came from the Moon.", "It flew to the Moon."),
    ],
)
def test_a_limit_that_the_evidence_does_not_have_is_refused(sentence: str, evidence: str) -> None:
    assert changes_limits(sentence, evidence)
    assert wrong_fact(sentence, ClaimEvidence([evidence])) in (Unsupported.LIMIT, Unsupported.ROLE)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Only one protein gets its brown from it.", "An antibody carries the brown to one protein only."),
        ("Every night the lights changed.", "The lights changed places every night."),
        ("Its tank was almost empty.", "Its tank was nearly empty."),
        ("Before the yolk, the white of an egg sets.", EGG),
        ("After four years she commanded it.", LATER),
        ("Cats measure a gap before squeezing through.", "Before it squeezes through a gap, a cat measures it."),
        ("It was sent away from Earth.", SATELLITE),
        ("It flew to the Moon.", "It flew from Earth to the Moon."),
        ("There are no trees at all.", "There are no trees."),
    ],
)
def test_the_same_limit_in_other_words_is_kept(sentence: str, evidence: str) -> None:
    assert not changes_limits(sentence, evidence)


@pytest.mark.parametrize(
    ("sentence", "evidence"), [("She was the second woman.", COLLINS), ("They move towards it.", SATELLITE)]
)
def test_a_rank_and_a_direction_have_opposites(sentence: str, evidence: str) -> None:
    assert wrong_fact(sentence, ClaimEvidence([evidence])) is Unsupported.OPPOSITE


@pytest.mark.parametrize(
    ("sentence", "evidence", "moved"),
    [
        ("It sent a million climate satellites.", SATELLITE, {1_000_000}),
        ("The 1995 women piloted it.", COLLINS, {1995}),
        ("9 launch pads are in Florida.", "This Falcon 9 rocket is on its launch pad in Florida.", {9}),
        ("It was sent a million miles.", SATELLITE, set()),
        ("The shuttle has 40 passengers.", "passengers: 40", set()),
        ("In 1995 women piloted it.", COLLINS, set()),
        ("Falcon 9 waits.", "This Falcon 9 rocket is waiting.", set()),
        ("18 mirrors collect rays.", "Its eighteen golden mirrors collect heat rays.", set()),
    ],
)
def test_a_number_that_counts_another_noun_is_moved(sentence: str, evidence: str, moved: set[float]) -> None:
    assert moved_counts(sentence, evidence) == moved
