"""Every test here may play a deployment."""

from __future__ import annotations

import pytest

from tests.support.wire import Wire


@pytest.fixture
def wire() -> Wire:
    return Wire()
