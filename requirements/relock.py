"""Makes every lock from pyproject.toml: `.venv/bin/python requirements/relock.py` (needs `uv` on the PATH).

`all.txt` is resolved; the layer's and the image's locks are parts of it, so that nothing runs two versions. Those
parts are read off the installed packages: relock, `make setup`, relock again.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
REPLACED = {"opencv-python"}  # by opencv-python-headless, see overrides.txt
RESOLVE = ["uv", "pip", "compile", "--quiet", "--no-config", "--no-header", "--python-version", "3.11"]
PART = "# The part of all.txt that {whom} needs; requirements/relock.py makes it, and a test holds the two together.\n"


def pins(lock: Path) -> dict[str, list[str]]:
    """Package -> its versions with markers and hashes; some have one version for each Python."""
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if not line.strip().startswith("#")]
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=\S)", "\n".join(lines)):
        found.setdefault(canonicalize_name(block.split("==")[0]), []).append(block.strip())
    return found


def asked(*extras: str) -> list[str]:
    """What pyproject.toml asks for, without extras and with these."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(r for e in extras for r in project["optional-dependencies"][e])]


def closure(requirements: Iterable[str]) -> set[str]:
    """These packages and all that they need, as installed here."""
    waiting, seen = [Requirement(r) for r in requirements], set[tuple[str, frozenset[str]]]()
    while waiting:
        wanted = waiting.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key not in seen and key[0] not in REPLACED:
            seen.add(key)
            waiting += [r for r in map(Requirement, distribution(key[0]).requires or []) if _applies(r, wanted)]
    return {name for name, _ in seen}


def _applies(requirement: Requirement, wanted: Requirement) -> bool:
    extras = wanted.extras or {""}
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in extras)


PARTS = {
    ROOT / "requirements/worker.txt": ("the image of the worker", [*asked("worker"), "awslambdaric"]),
    ROOT / "layers/core/requirements.txt": ("the layer", asked()),
}


def write_part(lock: Path) -> None:
    whom, wanted = PARTS[lock]
    everything, needed = pins(ROOT / "requirements/all.txt"), closure(wanted)
    blocks = [block for name in sorted(needed) for block in everything[name]]
    lock.write_text(PART.format(whom=whom) + "\n".join(blocks) + "\n", encoding="utf-8")


def resolve(lock: Path, *wanted: str) -> None:
    """One version of each package for every Python: the one that the oldest Python of `requires-python` can run.

    A universal resolution alone gives newer Pythons newer versions, which then no test has run.
    """
    # uv keeps the versions that it finds in the file, as far as they fit.
    for everywhere in ([], ["--universal", "--generate-hashes"]):
        subprocess.run([*RESOLVE, *everywhere, *wanted, "-o", lock], cwd=ROOT, check=True)


def main() -> None:
    overrides = ["--override", "requirements/overrides.txt"]
    extras = [f"--extra={extra}" for extra in ("worker", "local", "dev")]  # gpu is left to who has one
    resolve(ROOT / "requirements/all.txt", *overrides, *extras, "pyproject.toml")
    for name in ("emulator", "sam", "mutation"):
        resolve(ROOT / f"requirements/{name}.txt", f"requirements/{name}.in")
    for part in PARTS:
        write_part(part)


if __name__ == "__main__":
    main()
