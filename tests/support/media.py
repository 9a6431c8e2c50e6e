"""Real media for tests, which is not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def media_folder() -> Path:
    return Path(os.environ.get("CINEDEX_TEST_MEDIA", REPOSITORY.parent / "shared" / "media"))


def real_media(name: str) -> Path:
    """The file, or a skipped test that says how to get it."""
    path = media_folder() / name
    if not path.is_file():
        pytest.skip(f"needs {name}: put it into a folder and name the folder in CINEDEX_TEST_MEDIA (see docs)")
    return path
