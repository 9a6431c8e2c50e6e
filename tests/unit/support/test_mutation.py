"""The sample of changes, the selection of tests, the changes that do not count, and the table of scores."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.mutation.capabilities import MEASURED, NoSuchModule, capability_of, modules_of, named
from tests.mutation.change import Change, _annotations, _is_in, sampled
from tests.mutation.equivalent import is_equivalent
from tests.mutation.reach import TESTS_MAX, dotted_name, imports, lines_of_functions, nearest
from tests.mutation.score import HEADER, Score, score_of, written_into
from tests.support.template import REPOSITORY

RETRY = "layers/core/cinedex/kernel/retry.py"
CHANGES = [Change(RETRY, line, 4, line, operator, 0) for line in range(1, 30) for operator in ("a", "b", "c")]
TODAY = date(2026, 11, 28)


def test_each_place_is_changed_once() -> None:
    assert len({change.place for change in sampled(CHANGES, 100, 1)}) == len(sampled(CHANGES, 100, 1)) == 29


def test_a_larger_sample_of_the_same_seed_contains_the_smaller_one() -> None:
    assert sampled(reversed(CHANGES), 20, 7)[:5] == sampled(CHANGES, 5, 7)
    assert sampled(CHANGES, 5, 8) != sampled(CHANGES, 5, 7)


def test_changes_in_annotations_are_found_and_their_default_values_are_not(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def f(a: int | None = 1 + 1) -> int | None:\n    b: int | str = 1 | 2\n", encoding="utf-8")
    spans = _annotations(str(module))
    places = [(1, 13), (1, 24), (1, 36), (2, 11), (2, 21)]
    found = [_is_in(Change("module.py", line, column, line, "", 0), spans) for line, column in places]
    assert found == [True, False, True, True, False]


def test_tests_of_the_module_come_first_and_the_others_are_limited() -> None:
    others = [f"tests/unit/chat/test_turns.py::test_{number:02}" for number in range(100)]
    of_capability = "tests/functional/kernel/test_other.py::test_a"
    of_module = "tests/contract/repositories/test_retry.py::test_b"
    selected = nearest([*others, of_capability, of_module], RETRY, "kernel")
    assert selected[:3] == [of_module, of_capability, others[0]]
    assert len(selected) == TESTS_MAX


def test_a_test_with_many_parameters_is_one_test() -> None:
    parametrized = [f"tests/unit/kernel/test_retry.py::test_a[{number}]" for number in range(100)]
    other = "tests/unit/kernel/test_span.py::test_b"
    assert nearest([*parametrized, other], RETRY, "kernel") == ["tests/unit/kernel/test_retry.py::test_a", other]


def test_constants_defaults_and_signatures_run_at_import_and_bodies_when_they_are_called() -> None:
    lines = ["LIMIT = 3", "class A:", "    size: int = 4", "    def f(", "        self, a: int = 5", "    ): return a"]
    assert lines_of_functions("\n".join([*lines, "    def g(self):", "        return 6"])) == {6, 8}


def test_a_test_that_imports_a_module_is_found_by_its_text() -> None:
    name = dotted_name(RETRY)
    assert name == "cinedex.kernel.retry"
    assert imports(REPOSITORY / "tests/unit/kernel/test_retry.py", name)
    assert not imports(REPOSITORY / "tests/unit/kernel/test_retry.py", "kernel.retry_policy")
    assert not imports(REPOSITORY / "tests/unit/kernel/test_ids.py", name)


@pytest.mark.parametrize(
    ("operator", "old", "new", "does_not_count"),
    [
        ("core/ReplaceComparisonOperator_Is_Eq", "a is None", "a == None", True),
        ("core/ReplaceComparisonOperator_Eq_NotEq", "a == b", "a != b", False),
        ("core/ReplaceTrueWithFalse", "@dataclass(frozen=True)", "@dataclass(frozen=False)", True),
        ("core/ReplaceTrueWithFalse", "consistent=True", "consistent=False", False),
        ("core/RemoveDecorator", "@dataclass(frozen=True)", "class A:", False),
        ("core/RemoveDecorator", "@property", "", False),
    ],
)
def test_a_change_that_no_test_can_notice_does_not_count(
    operator: str, old: str, new: str, does_not_count: bool
) -> None:
    assert is_equivalent(RETRY, operator, old, new) is does_not_count


def test_every_capability_of_the_table_has_modules() -> None:
    assert [name for name in MEASURED if len(modules_of(REPOSITORY, name)) < 5] == []


def test_modules_are_named_by_path_folder_or_capability() -> None:
    assert named(REPOSITORY, [RETRY]) == [RETRY]
    assert RETRY in named(REPOSITORY, ["layers/core/cinedex/kernel"])
    assert RETRY in named(REPOSITORY, ["kernel"])
    with pytest.raises(NoSuchModule, match="nothing"):
        named(REPOSITORY, ["nothing"])


@pytest.mark.parametrize(
    ("module", "capability"),
    [(RETRY, "kernel"), ("gpu_tasks/worker.py", "gpu_tasks"), ("layers/core/cinedex/settings.py", "settings")],
)
def test_the_capability_of_a_module_is_its_package(module: str, capability: str) -> None:
    assert capability_of(module) == capability


def test_a_score_is_the_share_of_changes_that_count() -> None:
    score = score_of("kernel", 300, ["killed", "killed", "killed", "LIVES", "equivalent", "UNCLEAR"])
    assert score == Score("kernel", places=300, killed=3, lives=1, equivalent=1)
    assert score.row(7, TODAY) == "| kernel | 300 | 5 | 1 | 3 | 75% | 7 | 2026-11-28 |"


def test_a_row_replaces_that_of_its_capability_or_comes_last() -> None:
    chapter = f"Text.\n\n{HEADER}\n|---|---|\n| kernel | old |\n| search | old |\n\nMore text.\n"
    written = written_into(chapter, ["| search | new |", "| chat | new |"])
    rows = "| kernel | old |\n| search | new |\n| chat | new |\n"
    assert written == f"Text.\n\n{HEADER}\n|---|---|\n{rows}\nMore text.\n"
