"""Use cases are tested over a world in memory."""

from __future__ import annotations

import pytest

from tests.support.memory.app_fixture import InMemoryApp


@pytest.fixture
def memory_app() -> InMemoryApp:
    return InMemoryApp()
