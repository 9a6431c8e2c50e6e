"""Changes single places of the product by cosmic-ray, in a copy, and runs the tests that reach each place.

`make mutants` runs a sample of each capability; `make mutants MODULES="search gpu_tasks/worker.py"` runs one of these
capabilities, folders or modules, and `make mutants SINCE=main` one of the modules that differ from a commit.

`N` is the size of the sample of each capability, and `SEED` selects it. `WRITE=1` writes the scores into chapter 9. It
exits with 1 if the tests notice less than 90 % of the changes of a capability.
"""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from tests.matrix.checkout import copy_to
from tests.mutation.capabilities import MEASURED, capability_of, changed_since, named
from tests.mutation.change import Change, changes_of, sampled
from tests.mutation.equivalent import is_equivalent
from tests.mutation.reach import Reach, measured
from tests.mutation.score import WANTED, Score, score_of, written_into
from tests.mutation.trial import ForkedTrial, environment_of, forks
from tests.support.template import REPOSITORY

CHAPTER = REPOSITORY / "docs/09-develop.md"


def main(arguments: Sequence[str]) -> int:
    asked = _parsed(arguments)
    modules = changed_since(REPOSITORY, asked.since) if asked.since else named(REPOSITORY, asked.modules or MEASURED)
    with tempfile.TemporaryDirectory(prefix="cinedex-mutants-") as folder:
        root = copy_to(Path(folder) / "cinedex", Path(sys.executable)).root
        environment = environment_of(root, dict(os.environ))
        reach = measured(root, Path(sys.prefix), environment)
        with forks(root, environment) as process:
            run = Run(root, reach, ForkedTrial(root, process, asked.limit))
            scores = [
                run.score(capability, changes_of(root, list(group)), asked.count, asked.seed)
                for capability, group in groupby(sorted(modules, key=capability_of), key=capability_of)
            ]
    rows = [score.row(asked.seed, datetime.now(UTC).date()) for score in scores]
    print(*rows, sep="\n")
    if asked.write:
        CHAPTER.write_text(written_into(CHAPTER.read_text(encoding="utf-8"), rows), encoding="utf-8")
    return 0 if all(score.share >= WANTED for score in scores) else 1


def _parsed(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="capabilities, folders or modules")
    parser.add_argument("--since", default="", help="modules that differ from this commit")
    parser.add_argument("--count", type=int, default=10, help="sampled places of each capability")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=60, help="seconds for each test")
    parser.add_argument("--write", action="store_true", help="write the scores into chapter 9")
    asked = parser.parse_args(arguments)
    if asked.write and (asked.since or any("/" in name for name in asked.modules)):
        parser.error("Chapter 9 has the scores of whole capabilities.")
    return asked


class Run:
    def __init__(self, root: Path, reach: Reach, trial: ForkedTrial) -> None:
        self._root, self._reach, self._trial = root, reach, trial

    def score(self, capability: str, changes: Sequence[Change], count: int, seed: int) -> Score:
        places = len({change.place for change in changes})
        results = [self._result(capability, change) for change in sampled(changes, count, seed)]
        return score_of(capability, places, results)

    def _result(self, capability: str, change: Change) -> str:
        old, new = change.lines(self._root)
        if is_equivalent(change.module, change.operator, old, new):
            print(f"equivalent {change.module}:{change.line} {change.operator}: {old} -> {new}", flush=True)
            return "equivalent"
        tests = self._reach.tests(change.module, range(change.line, change.last_line + 1), capability)
        verdict, detail = self._tried(change, tests)
        print(f"{verdict:<6} {change.module}:{change.line} {change.operator}: {old} -> {new}  ({detail})", flush=True)
        return verdict

    def _tried(self, change: Change, tests: Sequence[str]) -> tuple[str, str]:
        if not tests:
            return "LIVES", "no test reaches it"
        outcome = self._trial.run_change(change, tests)
        return outcome.verdict.value, outcome.failed_test or f"{len(tests)} tests pass"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
