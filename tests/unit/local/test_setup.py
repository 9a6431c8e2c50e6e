"""`make setup` says in a sentence when it cannot work, and does nothing twice."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local.settings import REPOSITORY

OLD_PYTHON = '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.1" && exit 0\nexit 1\n'

WORKS_FOR_ONE = """#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 0
[ "$3" = .venv ] || exit 3
mkdir -p .venv/bin && cp "$0" .venv/bin/python
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository in which nothing is installed, on a machine with an old Python only."""
    for folder in ("local", "requirements", "bin"):
        (tmp_path / folder).mkdir()
    shutil.copy(REPOSITORY / "local/setup.sh", tmp_path / "local")
    for lock in ("all.txt", "emulator.txt"):
        shutil.copy(REPOSITORY / "requirements" / lock, tmp_path / "requirements")
    for name in ("python3.13", "python3.12", "python3.11", "python3", "python"):
        program = tmp_path / "bin" / name
        program.write_text(OLD_PYTHON)
        program.chmod(0o755)
    return tmp_path


def set_up(clone: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{clone / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    command = ["sh", str(clone / "local/setup.sh")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_python_that_is_too_old_is_named_together_with_the_way_out(clone: Path) -> None:
    done = set_up(clone)
    assert done.returncode != 0
    assert "needs Python 3.11 or newer; found: Python 3.9.1" in done.stderr
    assert "PYTHON=/path/to/" in done.stderr
    assert not (clone / ".venv").exists()


def test_what_is_installed_as_locked_is_left_alone(clone: Path) -> None:
    for environment, lock in ((".venv", "all.txt"), (".venv-emulator", "emulator.txt")):
        (clone / environment / "bin").mkdir(parents=True)
        shutil.copy(clone / "requirements" / lock, clone / environment / "installed.txt")
    (clone / ".venv/bin/cinedex").write_text("#!/bin/sh\n")
    (clone / ".venv/bin/cinedex").chmod(0o755)
    done = set_up(clone)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_environment_that_cannot_be_made_fails_the_setup_and_the_others_are_kept(clone: Path) -> None:
    (clone / "bin/python3.13").write_text(WORKS_FOR_ONE)
    assert set_up(clone).returncode != 0
    assert (clone / ".venv/installed.txt").read_bytes() == (clone / "requirements/all.txt").read_bytes()
    assert not (clone / ".venv-emulator").exists()
