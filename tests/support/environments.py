"""Virtual environments for third-party programs that test the product; each is made once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.pythons import pythons

REPOSITORY = Path(__file__).resolve().parents[2]
MINORS = range(12, 15)


def environment(name: str) -> Path:
    """The environment of `requirements/<name>.txt`, in `.venv-<name>`; skips where no Python is new enough."""
    folder, lock = REPOSITORY / f".venv-{name}", REPOSITORY / "requirements" / f"{name}.txt"
    installed = folder / "installed.txt"
    if installed.is_file() and installed.read_bytes() == lock.read_bytes():
        return folder
    python = next(pythons(MINORS), None)
    if python is None:
        pytest.skip(f"needs Python 3.{MINORS[0]} or newer: put one on PATH, or install it with pyenv")
    subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin/python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", lock], check=True)
    shutil.copyfile(lock, installed)
    return folder
