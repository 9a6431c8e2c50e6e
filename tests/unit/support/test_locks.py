"""The locks of the image and of the layer are parts of the lock of everything, and whole."""

from pathlib import Path

import pytest

from requirements.relock import PARTS, RESOLVE, ROOT, closure, pins


@pytest.mark.parametrize("lock", PARTS, ids=lambda p: p.parent.name + "/" + p.name)
def test_a_part_is_locked_to_the_same_versions_as_everything_else(lock: Path) -> None:
    everything = pins(ROOT / "requirements/all.txt")
    assert {name: pin for name, pin in pins(lock).items() if everything.get(name) != pin} == {}


@pytest.mark.parametrize("lock", PARTS, ids=lambda p: p.parent.name + "/" + p.name)
def test_a_part_holds_what_is_needed_there_and_nothing_else(lock: Path) -> None:
    _, required = PARTS[lock]
    assert set(pins(lock)) == closure(required)


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name)
def test_every_python_gets_the_same_version_of_a_package(lock: Path) -> None:
    assert {name: pin for name, pin in pins(lock).items() if len(pin) > 1} == {}


def test_every_lock_is_resolved_for_the_oldest_python_that_is_promised() -> None:
    assert RESOLVE[-2:] == ["--python-version", "3.11"]
    assert f">={RESOLVE[-1]}," in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_mutation_testing_runs_the_tests_with_the_locked_versions() -> None:
    everything, own = pins(ROOT / "requirements/all.txt"), pins(ROOT / "requirements/mutation.txt")
    version = {name: blocks[0].split()[0] for name, blocks in own.items()}
    assert {
        name: pin for name, pin in version.items() if name in everything and everything[name][0].split()[0] != pin
    } == {}
    assert {"cosmic-ray", "pytest-cov"} <= version.keys() - everything.keys()
