"""Every dependency is locked with a version and its hashes."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.tree import files
from tests.support.template import REPOSITORY

LOCKS = [p for p in files() if re.fullmatch(r"requirements/(all|emulator|sam|worker)\.txt", p)]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name.strip())[0]).lower()


def declared() -> list[tuple[str, str]]:
    """(group, requirement) of every dependency of pyproject.toml that is in the default environment."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"product": project["dependencies"], **project["optional-dependencies"]}
    return [(group, requirement) for group, listed in groups.items() for requirement in listed if group != "gpu"]


def entries(lock: str) -> list[str]:
    """One text for each package of a lock, its hashes included."""
    lines = [
        line
        for line in (REPOSITORY / lock).read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith("#")
    ]
    return [e for e in re.split(r"\n(?=\S)", "\n".join(lines)) if e.strip()]


@pytest.mark.parametrize(("group", "requirement"), declared())
def test_a_dependency_is_locked(group: str, requirement: str) -> None:
    locked = {canonical(entry) for entry in entries("requirements/all.txt")}
    assert canonical(requirement) in locked, f"{group}: {requirement}"


def test_the_client_runs_on_the_same_python_with_locked_dependencies() -> None:
    client = tomllib.loads((REPOSITORY / "clients/python/pyproject.toml").read_text(encoding="utf-8"))["project"]
    product = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (client["requires-python"], client["version"]) == (product["requires-python"], product["version"])
    locked = {canonical(entry) for entry in entries("requirements/all.txt")}
    assert [requirement for requirement in client["dependencies"] if canonical(requirement) not in locked] == []


def test_the_extra_gpu_is_pinned_and_in_no_lock() -> None:
    gpu = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]["gpu"]
    locked = {canonical(entry) for lock in LOCKS for entry in entries(lock)}
    assert [r for r in gpu if not re.fullmatch(r"[a-z]+==[\d.]+", r)] == []
    assert locked & {"torch", "transformers"} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_its_hashes(lock: str) -> None:
    loose = [e.splitlines()[0] for e in entries(lock) if not re.match(r"[\w.\[\],-]+==\S+.*--hash=sha256:", e, re.S)]
    assert loose == []


def test_there_is_a_lock_for_each_environment() -> None:
    assert {"requirements/all.txt", "requirements/emulator.txt", "requirements/sam.txt"} <= set(LOCKS)


def test_every_package_with_a_weight_is_pinned_in_its_declaration() -> None:
    weights = [r for _, r in declared() if re.search(r"models|minilm", r)]
    assert len(weights) == 2
    assert all(re.search(r"==\d", r) for r in weights)
