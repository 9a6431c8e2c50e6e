"""The real engines of the cpu profile, loaded once, and what those of the shared stack have found in each clip."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from gpu_tasks.engines.shelf import EngineShelf
from tests.support.analysis import Analysis, stored_analysis
from tests.support.known_videos import KnownVideos


@pytest.fixture(scope="session")
def engines() -> EngineShelf:
    return EngineShelf("cpu")


@pytest.fixture(scope="session")
def analysed(known: KnownVideos) -> Callable[[str], Analysis]:
    """`analysed(name)`: everything that the worker has stored of a clip."""
    return cache(lambda name: stored_analysis(known.findings(name)))
