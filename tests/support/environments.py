"""Virtual environments of their own for programs that test us from outside; made once and kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
NEWEST_MINOR, OLDEST_MINOR = 14, 12


def environment(name: str) -> Path:
    """The environment of `requirements/<name>.txt`, in `.venv-<name>`; skips where no Python is new enough."""
    folder, lock = REPOSITORY / f".venv-{name}", REPOSITORY / "requirements" / f"{name}.txt"
    installed = folder / "installed.txt"
    if installed.is_file() and installed.read_bytes() == lock.read_bytes():
        return folder
    python = next(_pythons(), None)
    if python is None:
        pytest.skip(f"needs Python 3.{OLDEST_MINOR} or newer: put one on PATH, or install it with pyenv")
    subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin/python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", lock], check=True)
    shutil.copyfile(lock, installed)
    return folder


def _pythons() -> Iterator[Path]:
    """Newest first; a name on PATH may be a shim that leads nowhere, so each is tried."""
    minors = range(NEWEST_MINOR, OLDEST_MINOR - 1, -1)
    on_path = [shutil.which(f"python3.{minor}") for minor in minors]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    managed = [found for minor in minors for found in sorted(pyenv.glob(f"3.{minor}.*/bin/python"), reverse=True)]
    return (python for python in (*map(Path, filter(None, on_path)), *managed) if _works(python))


def _works(python: Path) -> bool:
    asked = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return asked.returncode == 0
