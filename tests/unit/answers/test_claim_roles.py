"""A sentence in which two named persons exchange their roles is not borne out."""

from __future__ import annotations

import pytest
from cinedex.answers.domain.claim_check import ClaimEvidence, Unsupported, wrong_fact
from cinedex.answers.domain.english.claim_roles import exchanges_roles


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Anna calls Ben.", "Ben calls Anna."),
        ("Anna called Ben in the evening.", "In the evening Ben calls Anna from home."),
        ("Anna is called by Ben.", "Anna calls Ben."),
        ("Anna Smith teaches Ben Jones.", "Jones teaches Smith."),
        ("Anna is older than Ben.", "Ben is older than Anna."),
        ("Later Anna gives the book to Ben.", "Ben gives the red book to Anna. Anna thanks Ben."),
    ],
)
def test_exchanged_names_are_an_exchange_of_roles(sentence: str, evidence: str) -> None:
    assert exchanges_roles(sentence, evidence)
    assert wrong_fact(sentence, ClaimEvidence([evidence])) is not None


def test_the_reason_is_the_role() -> None:
    assert wrong_fact("Anna calls Ben.", ClaimEvidence(["Ben calls Anna."])) is Unsupported.ROLE


@pytest.mark.parametrize(
    ("evidence", "is_exchanged"),
    [
        ("Anna Bly Cox Dee calls Ben.", True),
        ("Anna Bly Cox Dee Eve calls Ben.", False),
        ("Mia calls Ida Joy Kim Ben.", True),
        ("Mia calls Ida Joy Kim Lou Ben.", False),
    ],
)
def test_of_a_run_of_capitalised_words_the_four_next_to_the_verb_have_a_role(evidence: str, is_exchanged: bool) -> None:
    assert exchanges_roles("Ben calls Anna Mia.", evidence) == is_exchanged


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Ben calls Anna.", "Ben calls Anna."),
        ("Anna is called by Ben.", "Ben calls Anna."),
        ("Anna calls Ben.", "Ben calls Anna. Then Anna calls Ben."),
        ("Anna meets Ben.", "Ben meets Anna."),
        ("Anna plays chess with Ben.", "Ben plays chess with Anna."),
        ("Anna and Ben sing.", "Ben and Anna sing."),
        ("Anna calls Ben.", "Ben waits. Anna is called later."),
        ("Anna runs. Ben calls.", "Ben runs, then Anna calls."),
        ("Collins commanded the Discovery.", "The Discovery was commanded by Collins."),
    ],
)
def test_the_same_roles_in_other_words_are_none(sentence: str, evidence: str) -> None:
    assert not exchanges_roles(sentence, evidence)
