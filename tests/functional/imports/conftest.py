"""A client of the drop folder of an account."""

from __future__ import annotations

import pytest

from tests.support.drops import DropClient
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp


@pytest.fixture
def client(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> DropClient:
    """No analysis starts, unless a test sets a policy."""
    monkeypatch.setenv("DROP_FEATURES", "")
    return DropClient(memory_app, ACCOUNT)
