"""Fixtures of the client's tests, which need the distribution cinedex-client and nothing else of the product."""

from __future__ import annotations

import pytest

from tests.support.wire import Wire


@pytest.fixture
def wire() -> Wire:
    return Wire()
