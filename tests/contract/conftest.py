"""What holds for one implementation of a port holds for all of them."""

from __future__ import annotations

import pytest

from tests.support.aws import aws

__all__ = ["aws"]

IMPLEMENTATIONS = ("memory", "aws")


@pytest.fixture(params=IMPLEMENTATIONS)
def implementation(request: pytest.FixtureRequest) -> str:
    """Which adapters a test uses: those in memory, or those for AWS over the emulation of moto."""
    name: str = request.param
    if name == "aws":
        request.getfixturevalue("aws")
    return name
