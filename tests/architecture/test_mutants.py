"""The data of the mutants fit the code: each text is in its file once, and each test exists."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants.mutant import Mutant, read_mutants
from tests.support.template import REPOSITORY

MUTANTS = read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_the_text_of_a_mutant_is_in_its_file_once(mutant: Mutant) -> None:
    assert mutant.old != mutant.new
    assert mutant.occurrences(REPOSITORY) == 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_the_tests_of_a_mutant_exist(mutant: Mutant) -> None:
    for test in mutant.tests:
        path, _, name = test.partition("::")
        text = (REPOSITORY / path).read_text(encoding="utf-8") if (REPOSITORY / path).is_file() else ""
        assert (REPOSITORY / path).exists()
        assert not name or f"def {name.split('[')[0]}(" in text


def test_no_two_mutants_have_the_same_id() -> None:
    assert [name for name, count in Counter(m.id for m in MUTANTS).items() if count > 1] == []
