"""Fixtures of the API tests: clients of two accounts, and a short clip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.stack import RunningStack
from tests.support.callers import client, key_of_another_account, upload
from tests.support.clips import textured, tone, write_video


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds: two pictures and a tone."""
    pictures = [textured(1)] * 50 + [textured(2)] * 50
    return write_video(tmp_path_factory.mktemp("clip") / "clip.mp4", pictures, sound=tone(4.0))


@pytest.fixture
def api(stack: RunningStack) -> Iterator[httpx.Client]:
    with client(stack) as opened:
        yield opened


@pytest.fixture(scope="session")
def other_account(stack: RunningStack) -> Iterator[httpx.Client]:
    """An administrator of another account."""
    with client(stack, key_of_another_account(stack, "another-account")) as opened:
        yield opened


@pytest.fixture
def video_id(api: httpx.Client, clip: Path) -> Iterator[str]:
    uploaded = upload(api, clip)
    yield uploaded
    api.delete(f"/v2/videos/{uploaded}")
