"""The lock of the worker's image is a part of the lock of everything, and all that the worker imports."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[3]
REPLACED = {"opencv-python"}  # by opencv-python-headless, see requirements/overrides.txt


def pins(name: str) -> dict[str, list[str]]:
    """Package -> its versions with markers and hashes; some have one version for each Python."""
    text = (REPOSITORY / "requirements" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.strip().startswith("#")]
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=\S)", "\n".join(lines)):
        found.setdefault(canonicalize_name(block.split("==")[0]), []).append(block.strip())
    return found


def needed() -> set[str]:
    """Everything that the package, its extra `worker` and the Lambda runtime need to be installed."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["worker"], "awslambdaric"]
    waiting, seen = [Requirement(a) for a in asked], set[tuple[str, frozenset[str]]]()
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


def test_the_image_is_locked_to_the_same_versions_as_everything_else() -> None:
    everything, image = pins("all.txt"), pins("worker.txt")
    assert {name: pin for name, pin in image.items() if everything.get(name) != pin} == {}


def test_the_image_holds_what_the_worker_needs_and_nothing_else() -> None:
    assert set(pins("worker.txt")) == needed()
