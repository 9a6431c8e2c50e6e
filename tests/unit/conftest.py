"""Fixtures of unit tests: the application, the table, chat, the client's transport and the clock, all in memory."""

from __future__ import annotations

import pytest

from tests.support.chat_fixture import chat
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.standing_clock import clock
from tests.support.table import table
from tests.support.wire import Wire

__all__ = ["chat", "clock", "table"]


@pytest.fixture
def memory_app() -> InMemoryApp:
    return InMemoryApp()


@pytest.fixture
def wire() -> Wire:
    return Wire()
