"""Puts one fault at a time into a copy of the repository and runs the tests that should notice it.

`.venv/bin/python -m tests.mutants` runs all mutants, `… ID ID` runs those, `… FILE` those of a file of the product. It
prints `killed` or `LIVES` with the seconds that the tests took, and exits with 1 if a mutant lives that is not
equivalent.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.matrix.checkout import copy_to
from tests.mutants.mutant import Mutant, read_mutants
from tests.mutants.trial import Trial, Verdict


def main(arguments: Sequence[str]) -> int:
    selected = _selected(read_mutants(), arguments)
    with tempfile.TemporaryDirectory(prefix="cinedex-mutants-") as folder:
        trial = Trial(copy_to(Path(folder) / "cinedex", Path(sys.executable)).root)
        verdicts = {mutant.id: _tried(trial, mutant) for mutant in selected}
    lives = [m for m in selected if verdicts[m.id] is not Verdict.KILLED]
    unexpected = [m.id for m in lives if not m.equivalent]
    print(f"{len(selected) - len(lives)} of {len(selected)} killed, {len(lives) - len(unexpected)} equivalent")
    if unexpected:
        print("not killed:", *unexpected)
    return 1 if unexpected else 0


def _selected(mutants: Sequence[Mutant], arguments: Sequence[str]) -> list[Mutant]:
    known = {name for mutant in mutants for name in (mutant.id, mutant.file)}
    if unknown := set(arguments) - known:
        raise SystemExit(f"No mutant has the id or the file {', '.join(sorted(unknown))}.")
    return [m for m in mutants if not arguments or {m.id, m.file} & set(arguments)]


def _tried(trial: Trial, mutant: Mutant) -> Verdict:
    outcome = trial.run(mutant)
    detail = outcome.failed_test or mutant.equivalent or mutant.fault
    print(f"{mutant.id:<8} {outcome.verdict.value:<8} {outcome.elapsed_s:5.1f} s  {detail}", flush=True)
    return outcome.verdict


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
