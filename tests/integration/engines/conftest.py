"""The real engines of the cpu profile, loaded once, and their results for each clip."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from gpu_tasks.engines.registry import EngineRegistry
from tests.support.analysis import Analysis, analyse
from tests.support.media import real_media


@pytest.fixture(scope="session")
def engines() -> EngineRegistry:
    return EngineRegistry("cpu")


@pytest.fixture(scope="session")
def analysed(engines: EngineRegistry) -> Callable[[str], Analysis]:
    """`analysed(name)`: the results of all tasks for a clip, computed once."""
    return cache(lambda name: analyse(real_media(name), engines))
