"""Runs the tests of a mutant in a copy of the repository, and restores the copy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.support.template import REPOSITORY

TIMEOUT_S = 420
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
BESIDE = REPOSITORY.parent / "shared"
SOURCES = (".", "layers/core", "clients/python")


class Verdict(StrEnum):
    KILLED = "killed"
    LIVES = "LIVES"


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    elapsed_s: float
    failed_test: str = ""


class TestsNotRun(Exception):
    """pytest refused to run the tests of a mutant, for instance because one of them does not exist."""

    __test__ = False


class Trial:
    """`root` is a copy of the repository; this class writes nowhere else."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._times = count(int(time.time()))

    def run(self, mutant: Mutant) -> Outcome:
        """Raises `TextNotFound` and `TestsNotRun`."""
        with self._applied(mutant):
            began_s = time.monotonic()
            try:
                done = subprocess.run(
                    [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-rfE", *mutant.tests],
                    cwd=self._root, env=self._environment(mutant), stdin=subprocess.DEVNULL, capture_output=True,
                    text=True, timeout=TIMEOUT_S, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return Outcome(Verdict.KILLED, TIMEOUT_S, "the tests did not end")
            elapsed_s = time.monotonic() - began_s
        if done.returncode not in (0, 1, 2):
            raise TestsNotRun(f"{mutant.id}: pytest exited with {done.returncode}\n{done.stdout}{done.stderr}")
        failed = FAILED.search(done.stdout)
        verdict = Verdict.KILLED if done.returncode else Verdict.LIVES
        return Outcome(verdict, elapsed_s, failed[1] if failed else "")

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
        beside = {"PYTHONPATH": path, "CINEDEX_TEST_MEDIA": str(BESIDE / "media")}
        if "adapters/opensearch" in mutant.file:
            beside["CINEDEX_OPENSEARCH_HOME"] = str(BESIDE / "opensearch")
        return {**beside, **os.environ, "PYTHONPATH": path}
