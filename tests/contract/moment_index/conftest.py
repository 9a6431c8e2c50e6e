"""Every search store, one after the other: what holds for one holds for all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cinedex.adapters.memory_moment_index import MemoryMomentIndex
from cinedex.adapters.sqlite_moment_index import SqliteMomentIndex
from cinedex.ports.moment_index import MomentIndex


def _memory(_request: pytest.FixtureRequest) -> MomentIndex:
    return MemoryMomentIndex()


def _sqlite(request: pytest.FixtureRequest) -> MomentIndex:
    folder: Path = request.getfixturevalue("tmp_path")
    return SqliteMomentIndex(folder / "search" / "index.sqlite")


STORES: dict[str, Callable[[pytest.FixtureRequest], MomentIndex]] = {"memory": _memory, "sqlite": _sqlite}


@pytest.fixture(params=STORES)
def index(request: pytest.FixtureRequest) -> MomentIndex:
    return STORES[request.param](request)
