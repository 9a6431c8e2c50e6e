"""Fixtures of unit tests: the application, the table, chat and the clock, all in memory."""

from __future__ import annotations

import pytest

from tests.support.chat_fixture import chat
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.standing_clock import clock
from tests.support.table import mocked_aws, table

__all__ = ["chat", "clock", "mocked_aws", "table"]


@pytest.fixture
def memory_app() -> InMemoryApp:
    return InMemoryApp()
