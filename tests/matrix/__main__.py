"""Cinedex on other Pythons and on machines that differ from ours: `.venv/bin/python -m tests.matrix`.

On each promised Python that is here, other than that of this environment: set-up in a clean copy, `make demo`, and the
fast suites. The last copy lies in a folder with an odd path. Its suites run in another locale and time zone, and its
demo under every condition of `tests/matrix/conditions.py` at once; if that fails, each condition runs alone, to name
the one that does it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from local.doctor.installation import PYTHONS
from tests.matrix.checkout import Checkout, CommandFailed, copy_to
from tests.matrix.conditions import CONDITIONS, SUITES_ELSEWHERE, Condition, combined, odd_folder
from tests.support.pythons import pythons

SET_UP = ["make", "setup"]
DEMO = ["make", "demo"]
PAGES = ["tests/docs/test_links.py", "tests/docs/test_reference.py"]
SUITES = ["tests/unit", "tests/functional", "tests/contract", *PAGES]
# Plain assertions, because each process of a new copy would rewrite those of all test modules: 10 s of CPU time.
FAST_SUITES = [".venv/bin/python", "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "--assert=plain", *SUITES]
AS_HERE = Condition("as here")


def main() -> int:
    others = dict(other_pythons())
    for missing in set(PYTHONS) - {*others, sys.version_info[:2]}:
        say(f"Python {missing[0]}.{missing[1]} is not on this machine: nothing is run on it.")
    *plain, last = others.items() or [(sys.version_info[:2], Path(sys.executable))]
    with tempfile.TemporaryDirectory(prefix="cinedex-", ignore_cleanup_errors=True) as parent:
        passed = [try_out(copy_to(Path(parent, f"python{minor}"), python)) for (_, minor), python in plain]
        passed.append(try_out(copy_to(odd_folder(Path(parent)), last[1]), CONDITIONS, SUITES_ELSEWHERE))
    return 0 if all(passed) else 1


def other_pythons() -> Iterator[tuple[tuple[int, int], Path]]:
    """One of each promised version but that of this environment."""
    for version in PYTHONS:
        python = next(pythons([version[1]]), None)
        if python is not None and version != sys.version_info[:2]:
            yield version, python


def try_out(checkout: Checkout, conditions: tuple[Condition, ...] = (), suites: Condition = AS_HERE) -> bool:
    say(f"{checkout.python} in {checkout.root}")
    if not (passes(checkout, "set-up", SET_UP) and passes(checkout, "fast suites", FAST_SUITES, suites)):
        return False
    if passes(checkout, "demo", DEMO, combined(conditions)):
        return True
    for condition in (AS_HERE, *conditions) if conditions else ():
        passes(checkout, "demo", DEMO, condition)
    return False


def passes(checkout: Checkout, name: str, command: list[str], condition: Condition = AS_HERE) -> bool:
    try:
        say(f"  {name}, {condition.name}: passed in {checkout.run(command, condition):.0f} s")
    except CommandFailed as failure:
        say(f"  {name}, {condition.name}: FAILED: {failure}")
        return False
    return True


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
