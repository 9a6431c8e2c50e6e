"""The library of the shared stack, for files that come and go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cinedex_client import Client, Connection

from local.stack import RunningStack


@pytest.fixture(scope="module")
def library(stack: RunningStack) -> Iterator[Client]:
    with Client(Connection(stack.url, stack.api_key or "")) as deployment:
        yield deployment
