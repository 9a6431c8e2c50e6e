"""Runs the tests of a mutant in a copy of the repository, and restores the copy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.support.template import REPOSITORY

TIMEOUT_S = 420
FAILED = re.compile(r"^(?:FAILED|ERROR) ([^\s\[]+)", re.MULTILINE)
BESIDE = REPOSITORY.parent / "shared"
SOURCES = (".", "layers/core", "clients/python")
ENVIRONMENTS = (".venv", ".venv-emulator")


class Verdict(StrEnum):
    KILLED = "killed"
    LIVES = "LIVES"
    UNCLEAR = "UNCLEAR"
    """pytest refused to run the tests, or the test that fails also fails without the mutant."""


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    elapsed_s: float
    failed_test: str = ""


class Trial:
    """`root` is a copy of the repository; this class writes nowhere else."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._times = count(int(time.time()))
        self._passing: set[str] = set()
        for name in ENVIRONMENTS:
            (root / name).symlink_to(REPOSITORY / name)

    def run(self, mutant: Mutant) -> Outcome:
        """Raises `TextNotFound`."""
        began_s = time.monotonic()
        with self._applied(mutant):
            code, printed = self._pytest(mutant, mutant.tests)
        elapsed_s = time.monotonic() - began_s
        if code == 0:
            return Outcome(Verdict.LIVES, elapsed_s)
        failed = FAILED.search(printed)
        if code not in (1, 2) or failed is None:
            return Outcome(Verdict.UNCLEAR, elapsed_s, printed[-2000:])
        verdict = Verdict.KILLED if self._passes_unchanged(mutant, failed[1]) else Verdict.UNCLEAR
        return Outcome(verdict, elapsed_s, failed[1])

    def _passes_unchanged(self, mutant: Mutant, test: str) -> bool:
        """False for a test that fails for another reason than the fault."""
        if test not in self._passing and self._pytest(mutant, [test])[0] == 0:
            self._passing.add(test)
        return test in self._passing

    def _pytest(self, mutant: Mutant, tests: Sequence[str]) -> tuple[int, str]:
        """The exit code, and what was printed; a test that does not end fails."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-rfE", f"--timeout={TIMEOUT_S}", *tests]
        done = subprocess.run(
            command, cwd=self._root, env=self._environment(mutant), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    @contextmanager
    def _applied(self, mutant: Mutant) -> Iterator[None]:
        path = self._root / mutant.file
        original = path.read_text(encoding="utf-8")
        self._write(path, mutant.applied(self._root))
        try:
            yield
        finally:
            self._write(path, original)

    def _write(self, path: Path, text: str) -> None:
        """With a new time of change, so that Python compiles the module again."""
        path.write_text(text, encoding="utf-8")
        changed_s = next(self._times)
        os.utime(path, (changed_s, changed_s))

    def _environment(self, mutant: Mutant) -> dict[str, str]:
        """Real media from beside the repository; OpenSearch for mutants of its adapter only, as it starts slowly."""
        path = os.pathsep.join(str(self._root / source) for source in SOURCES)
        beside = {"CINEDEX_TEST_MEDIA": str(BESIDE / "media")}
        if "adapters/opensearch" in mutant.file:
            beside["CINEDEX_OPENSEARCH_HOME"] = str(BESIDE / "opensearch")
        return {**beside, **os.environ, "PYTHONPATH": path}
