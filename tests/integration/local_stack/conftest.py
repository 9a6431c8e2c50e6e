"""Fixtures of the tests of the local stack."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.support.stack import fixture_stack

__all__ = ["fixture_stack"]


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits until a condition holds; fails after 20 s."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail("it did not happen within 20 s")
            time.sleep(0.05)

    return wait
