"""A stack for third-party clients. It may fetch videos from the loopback interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.stack import RunningStack
from tests.support.clips import textured, tone, write_video
from tests.support.file_server import serving
from tests.support.stack import stack_that_fetches_from_here


@pytest.fixture(scope="session")
def fetching_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with stack_that_fetches_from_here(tmp_path_factory.mktemp("conformance")) as running:
        yield running


@pytest.fixture(scope="session")
def clip_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a clip of four seconds: two pictures and a tone."""
    folder = tmp_path_factory.mktemp("clips")
    write_video(folder / "clip.mp4", [textured(1)] * 50 + [textured(2)] * 50, sound=tone(4.0))
    with serving(folder) as url:
        yield f"{url}/clip.mp4"
