"""Runs the tests of a change in forks, in a copy of the repository."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.trial import BESIDE, SOURCES, Outcome, Trial
from tests.mutation.change import Change
from tests.mutation.forks import TIMED_OUT

NO_SUCH_TEST = 4
TIME_LIMIT = "time-limit"
ALREADY_IMPORTED = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"


class ForkedTrial(Trial):
    """A test that takes more than `limit_s` seconds notices the change, and so do tests that take ten times as long."""

    def __init__(self, root: Path, forks: subprocess.Popen[str], limit_s: int) -> None:
        super().__init__(root)
        self._root, self._forks, self._limit_s = root, forks, limit_s

    def run_change(self, change: Change, tests: Sequence[str]) -> Outcome:
        text = (self._root / change.module).read_text(encoding="utf-8")
        return self.run(
            Mutant(
                id=f"{change.module}:{change.line}", fault=change.operator, rule="", file=change.module,
                old=text, new=change.applied(text), tests=tuple(tests),
            )
        )  # fmt: skip

    def _pytest(self, mutant: Mutant, tests: Sequence[str]) -> tuple[int, str]:
        code, printed = self._asked(tests)
        if code == NO_SUCH_TEST:  # the change is in a value that is in the ids of parametrised tests
            code, printed = self._asked(list(dict.fromkeys(test.split("[")[0] for test in tests)))
        return (1, f"FAILED {TIME_LIMIT}") if code == TIMED_OUT else (code, printed)

    def _asked(self, tests: Sequence[str]) -> tuple[int, str]:
        options = ["-x", "-q", "-n0", "-rfE", "-p", "no:cacheprovider", "-W", ALREADY_IMPORTED]
        arguments = [*options, f"--timeout={self._limit_s}", *tests]
        assert self._forks.stdin
        assert self._forks.stdout
        self._forks.stdin.write(json.dumps({"arguments": arguments, "limit_s": 10 * self._limit_s}) + "\n")
        self._forks.stdin.flush()
        answer = json.loads(self._forks.stdout.readline())
        return answer["code"], answer["printed"]

    def _passes_unchanged(self, mutant: Mutant, test: str) -> bool:
        return test == TIME_LIMIT or super()._passes_unchanged(mutant, test)


@contextmanager
def forks(root: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.mutation.forks"]
    with subprocess.Popen(
        command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def environment_of(root: Path, inherited: dict[str, str]) -> dict[str, str]:
    """The product comes from the copy, and real media from beside the repository."""
    kept = {name: value for name, value in inherited.items() if name != "PYTHONDONTWRITEBYTECODE"}  # to compile once
    path = ":".join(str(root / source) for source in SOURCES)
    return {"CINEDEX_TEST_MEDIA": str(BESIDE / "media"), **kept, "PYTHONPATH": path}
