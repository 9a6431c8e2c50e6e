"""`make setup` says in a sentence when it cannot work, and does nothing twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

from local.doctor import installation
from local.settings import REPOSITORY

MINORS = range(11, 14)
OTHER_PYTHON = """#!/bin/sh
[ "$1" = --version ] && echo "Python {version}" && exit 0
[ "$1" = -c ] && echo {version} && exit 0
exit 1
"""
SHIM_THAT_LEADS_NOWHERE = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"

WORKS_FOR_ONE = """#!/bin/sh
[ "$1" = -c ] && echo {version} && exit 0
[ "$1 $2" = "-m venv" ] || exit 0
for folder; do :; done
[ "$folder" = .venv ] || exit 3
mkdir -p .venv/bin && cp "$0" .venv/bin/python
"""


STANDS_IN_FOR_PYTHON = """#!/bin/sh
[ "$1" = -c ] && mkdir -p site && echo site && exit 0
printf '%s\\n' "$@"
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
        write_program(tmp_path / "bin" / name, OTHER_PYTHON.format(version="3.9.1"))
    return tmp_path


def write_program(file: Path, script: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(script)
    file.chmod(0o755)


def pretend_installed(clone: Path, version: str) -> None:
    for environment, lock in ((".venv", "all.txt"), (".venv-emulator", "emulator.txt")):
        write_program(clone / environment / "bin/python", OTHER_PYTHON.format(version=version))
        shutil.copy(REPOSITORY / "requirements" / lock, clone / environment / "installed.txt")
    write_program(clone / ".venv/bin/cinedex", "#!/bin/sh\n# starts cinedex_client\n")


def set_up(clone: Path, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{clone / 'bin'}{os.pathsep}{os.environ['PATH']}", **given}
    command = ["sh", str(clone / "local/setup.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_pythons_of_the_setup_and_of_the_doctor_are_those_of_the_project() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">=3.{MINORS[0]},<3.{MINORS[-1] + 1}"
    assert tuple((3, minor) for minor in MINORS) == installation.PYTHONS
    assert f"oldest={MINORS[0]} newest={MINORS[-1]} " in (REPOSITORY / "local/setup.sh").read_text(encoding="utf-8")


def test_a_python_that_is_too_old_is_named_together_with_the_way_out(clone: Path) -> None:
    done = set_up(clone)
    assert done.returncode != 0
    assert "needs Python 3.11 to 3.13, with the modules venv and ensurepip; found: Python 3.9.1" in done.stderr
    assert "PYTHON=/path/to/" in done.stderr
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("version", ["3.10.13", "3.14.0", "3.100.0", "2.7.18"])
def test_a_python_that_no_test_runs_on_is_refused_although_it_was_named(clone: Path, version: str) -> None:
    write_program(clone / "chosen", OTHER_PYTHON.format(version=version))
    write_program(clone / "bin/python3.13", WORKS_FOR_ONE.format(version="3.13.0"))
    done = set_up(clone, PYTHON=str(clone / "chosen"))
    assert done.returncode != 0
    assert done.stderr.strip().endswith(
        f"Cinedex runs on Python 3.11 to 3.13, and PYTHON={clone / 'chosen'} is Python {version}."
    )
    assert not (clone / ".venv").exists()


def test_the_error_of_a_named_program_that_does_not_run_contains_its_path(clone: Path) -> None:
    error = set_up(clone, PYTHON="/nowhere/python").stderr
    assert error == "Cinedex runs on Python 3.11 to 3.13, and PYTHON=/nowhere/python cannot be run.\n"


def test_the_newest_python_that_is_promised_is_taken_from_the_path(clone: Path) -> None:
    write_program(clone / "bin/python3", OTHER_PYTHON.format(version="3.14.0"))
    write_program(clone / "bin/python3.13", SHIM_THAT_LEADS_NOWHERE)
    for minor in (11, 12):
        write_program(clone / f"bin/python3.{minor}", WORKS_FOR_ONE.format(version=f"3.{minor}.4"))
    taken = set_up(clone).stdout.splitlines()[0]
    assert taken == f"Taking Python 3.12.4 ({clone}/bin/python3.12): the newest on the PATH that will do."


def test_a_python_of_pyenv_is_taken_where_the_path_has_only_shims(clone: Path) -> None:
    for name in ("python3.13", "python3.12", "python3.11", "python3", "python"):
        write_program(clone / "bin" / name, SHIM_THAT_LEADS_NOWHERE)
    managed = clone / "home of mine/.pyenv/versions"
    for version in ("3.14.0", "3.12.1", "3.13.0", "3.9.18"):
        write_program(managed / version / "bin/python", WORKS_FOR_ONE.format(version=version))
    taken = set_up(clone, HOME=str(clone / "home of mine")).stdout.splitlines()[0]
    assert taken.startswith(f"Taking Python 3.13.0 ({managed}/3.13.0/bin/python): pyenv has it")
    assert set_up(clone, PYENV_ROOT=str(managed.parent)).stdout.splitlines()[0] == taken


def test_what_is_installed_as_locked_is_left_alone(clone: Path) -> None:
    pretend_installed(clone, "3.11.7")
    done = set_up(clone)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_environment_that_cannot_be_made_fails_the_setup_and_the_others_remain(clone: Path) -> None:
    write_program(clone / "bin/python3.13", WORKS_FOR_ONE.format(version="3.13.0"))
    assert set_up(clone).returncode != 0
    assert (clone / ".venv/installed.txt").read_bytes() == (clone / "requirements/all.txt").read_bytes()
    assert not (clone / ".venv-emulator").exists()


def test_an_environment_of_another_python_is_made_again_when_one_is_named(clone: Path) -> None:
    pretend_installed(clone, "3.11.7")
    write_program(clone / "chosen", WORKS_FOR_ONE.format(version="3.12.1"))
    assert set_up(clone, PYTHON=str(clone / "chosen")).stdout.startswith("Taking Python 3.12.1")


def test_an_environment_of_the_python_that_is_named_is_left_alone(clone: Path) -> None:
    pretend_installed(clone, "3.12.1")
    write_program(clone / "chosen", WORKS_FOR_ONE.format(version="3.12.1"))
    done = set_up(clone, PYTHON=str(clone / "chosen"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("folder", ["a b/c", "ümläut", "it's", "$HOME", "deep/" + "x" * 140])
def test_the_program_starts_from_a_folder_with_any_name(tmp_path: Path, folder: str) -> None:
    clone = tmp_path / folder
    pretend_installed(clone, "3.11.7")
    (clone / ".venv/bin/cinedex").unlink()
    for name in ("local/setup.sh", "requirements/all.txt", "requirements/emulator.txt"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, clone / name)
    write_program(clone / ".venv/bin/python", STANDS_IN_FOR_PYTHON)
    assert set_up(clone).returncode == 0
    program = [clone / ".venv/bin/cinedex", "ask", "two words"]
    printed = subprocess.run(program, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert printed.splitlines() == ["-P", "-m", "cinedex_client.cli", "ask", "two words"]
    linked = (clone / "site/cinedex.pth").read_text(encoding="utf-8").splitlines()
    assert linked == [str(clone), f"{clone}/layers/core", f"{clone}/clients/python"]


def test_the_commands_of_the_local_stack_are_registered_and_updated(clone: Path) -> None:
    pretend_installed(clone, "3.11.7")
    site = clone / ".venv/lib/python3.11/site-packages"
    site.mkdir(parents=True)
    for declared in ("[cinedex.commands]\nup = local.cli.up:up\n", "[cinedex.commands]\nup = local.cli.start:up\n"):
        (clone / "local/entry_points.txt").write_text(declared)
        assert set_up(clone).returncode == 0
        (registered,) = distributions(name="cinedex-local", path=[str(site)])
        assert [entry.value for entry in registered.entry_points] == [declared.split(" = ")[1].strip()]


def test_the_environment_of_mutation_testing_takes_what_it_lacks_from_the_first_one(clone: Path) -> None:
    pretend_installed(clone, "3.11.7")
    for environment in (".venv", ".venv-mutation"):
        site = f"{environment}/site"
        script = f'#!/bin/sh\n[ "$1" = -c ] && mkdir -p {site} && echo {site}\n'
        write_program(clone / environment / "bin/python", script)
    for target in (clone / "requirements", clone / ".venv-mutation/installed.txt"):
        shutil.copy(REPOSITORY / "requirements/mutation.txt", target)
    assert set_up(clone, "mutation").returncode == 0
    linked = (clone / ".venv-mutation/site/cinedex.pth").read_text(encoding="utf-8").splitlines()
    assert linked == [".venv/site", str(clone), f"{clone}/layers/core", f"{clone}/clients/python"]
    assert not (clone / ".venv/site/cinedex.pth").exists()
