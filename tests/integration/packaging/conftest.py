"""Both wheels, built with the pinned hatchling, and an empty environment to install them into."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from local.settings import REPOSITORY


class Environment:
    """A virtual environment without packages, not even pip."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=True)
        self._folder = folder

    def install(self, *requirements: str) -> None:
        _pip("--python", str(self._folder / "bin/python"), "install", *requirements)

    def run(
        self, program: str, *arguments: str, folder: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Nothing of the repository is in the environment of the program."""
        command = [str(self._folder / "bin" / program), *arguments]
        variables = {"PATH": os.defpath, "COLUMNS": "200", **environment}
        return subprocess.run(
            command, cwd=folder or self._folder, env=variables, capture_output=True, text=True, check=False
        )


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if ended.returncode == 0:
        return
    message = f"pip could not build or install here: {ended.stderr.strip()[-500:]}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel of each distribution; pip gets the build backend that pyproject.toml pins from the package index."""
    folder = tmp_path_factory.mktemp("wheels")
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), ".", "./clients/python")
    return {file.name.split("-")[0]: file for file in folder.glob("*.whl")}


@pytest.fixture(scope="session")
def client_alone(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with cinedex-client, its dependencies and pytest."""
    environment = Environment(tmp_path_factory.mktemp("client") / "venv")
    environment.install(str(wheels["cinedex_client"]), "pytest")
    return environment
