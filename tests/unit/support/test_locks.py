"""The locks of the image and of the layer are parts of the lock of everything, and whole."""

from pathlib import Path

import pytest

from requirements.relock import PARTS, ROOT, closure, pins


@pytest.mark.parametrize("lock", PARTS, ids=lambda p: p.parent.name + "/" + p.name)
def test_a_part_is_locked_to_the_same_versions_as_everything_else(lock: Path) -> None:
    everything = pins(ROOT / "requirements/all.txt")
    assert {name: pin for name, pin in pins(lock).items() if everything.get(name) != pin} == {}


@pytest.mark.parametrize("lock", PARTS, ids=lambda p: p.parent.name + "/" + p.name)
def test_a_part_holds_what_is_needed_there_and_nothing_else(lock: Path) -> None:
    _, wanted = PARTS[lock]
    assert set(pins(lock)) == closure(wanted)
