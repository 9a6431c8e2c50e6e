"""Use cases are tested over a world in memory."""

from __future__ import annotations

import pytest

from tests.support.memory.house import House


@pytest.fixture
def house() -> House:
    return House()
