"""Which tests run a line of the product: measured once for each state of the tree, by contexts of coverage.py."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

TESTED = ("tests/unit", "tests/functional", "tests/contract")
CONFIGURATION = """[run]
source =
    layers/core/cinedex
    gpu_tasks
    functions
relative_files = true
data_file = {data}
"""
TESTS_MAX = 60
"""Of each change: all tests of hundreds would take minutes, and the first ones are those that state the rules."""
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def measured(root: Path, kept: Path, environment: dict[str, str]) -> Reach:
    """Of the copy in `root`; the measurement is kept in `kept`, with the state of the tree in its name."""
    data = kept / f"coverage-{_state_of(root)}"
    if not data.exists():
        print(f"measuring which tests run which lines: {', '.join(TESTED)}", flush=True)
        _measure(root, data, environment)
    failed = data.with_suffix(".failed").read_text(encoding="utf-8").split("\n")
    return Reach(root, data, frozenset(failed))


class Reach:
    """`failed` are ids of tests that fail without any change; they are not used."""

    def __init__(self, root: Path, data: Path, failed: frozenset[str]) -> None:
        from coverage import CoverageData

        self._root = root
        self._data = CoverageData(str(data))
        self._data.read()
        self._failed = frozenset(map(function_of, failed))

    def tests(self, module: str, lines: Iterable[int], capability: str) -> list[str]:
        """Up to `TESTS_MAX` test functions: those of the module first, then those of the capability, then unit tests.

        Lines that run at import run in no test, or in the one that imported the module first: for these, it is the
        tests that run any line of the module, and those of files that import it, because a test that only constructs
        a model runs no line of it.
        """
        by_line = self._data.contexts_by_lineno(module)
        in_functions = lines_of_functions((self._root / module).read_text(encoding="utf-8"))
        reaching = {context for line in in_functions & {*lines} for context in by_line.get(line, ()) if context}
        tests = _tests_of(reaching)
        if not tests:
            anywhere = {context for contexts in by_line.values() for context in contexts if context}
            tests = _tests_of(anywhere) | self._importing(module)
        return nearest((test for test in tests if function_of(test) not in self._failed), module, capability)

    def _importing(self, module: str) -> set[str]:
        name = dotted_name(module)
        tests = _tests_of(self._data.measured_contexts())
        files = {test.split("::")[0] for test in tests}
        importing = {file for file in files if imports(self._root / file, name)}
        return {test for test in tests if test.split("::")[0] in importing}


def dotted_name(module: str) -> str:
    return module.removeprefix("layers/core/").removesuffix(".py").replace("/", ".")


def imports(path: Path, module: str) -> bool:
    """Whether a test imports from exactly this module."""
    return path.is_file() and re.search(rf"\b{re.escape(module)} import ", path.read_text(encoding="utf-8")) is not None


def _tests_of(contexts: Iterable[str]) -> set[str]:
    return {context.rpartition("|")[0] for context in contexts if context}


def lines_of_functions(text: str) -> frozenset[int]:
    """Lines that run when a function is called: those of its body, and not those of its signature."""
    bodies = (node.body for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    return frozenset(line for body in bodies for line in range(body[0].lineno, (body[-1].end_lineno or 0) + 1))


def function_of(test: str) -> str:
    """The id of a test without its parameters."""
    return test.split("[")[0]


def nearest(tests: Iterable[str], module: str, capability: str) -> list[str]:
    """Functions with all their parameters, so that one with many does not take the place of others."""
    functions = {*map(function_of, tests)}
    return sorted(functions, key=lambda test: _distance(test, module, capability))[:TESTS_MAX]


def _distance(test: str, module: str, capability: str) -> tuple[bool, bool, int, str]:
    kind, folder = test.split("/")[1:3]
    named = test.split("::")[0].endswith(f"test_{Path(module).name}")
    return not named, folder != capability, TESTED.index(f"tests/{kind}"), test


def _measure(root: Path, data: Path, environment: dict[str, str]) -> None:
    configuration = root.parent / "coverage.ini"
    configuration.write_text(CONFIGURATION.format(data=data.with_suffix(".part")), encoding="utf-8")
    command = [
        sys.executable, "-m", "pytest", "-q", "-n0", "-rfE", "--cov", f"--cov-config={configuration}",
        "--cov-context=test", "--cov-report=", *TESTED,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"The tests could not be run.\n{done.stdout}{done.stderr}")
    data.with_suffix(".failed").write_text("\n".join(FAILED.findall(done.stdout)), encoding="utf-8")
    data.with_suffix(".part").rename(data)


def _state_of(root: Path) -> str:
    listed = subprocess.run(["git", "ls-files", "-s"], cwd=root, capture_output=True, check=True).stdout
    modules = [line for line in listed.splitlines() if line.endswith(b".py") and b"tests/mutation/" not in line]
    return hashlib.sha256(b"\n".join(modules)).hexdigest()[:16]
