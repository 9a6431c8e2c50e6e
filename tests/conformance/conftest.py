"""A stack that clients of others are let loose on; it may fetch videos from the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import RunningStack, running_stack
from tests.support.file_server import serving

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CINEDEX_FETCH_ALLOWED_NETWORKS", "127.0.0.1/32")
        with running_stack(tmp_path_factory.mktemp("conformance")) as running:
            yield running


@pytest.fixture(scope="session")
def samples_url() -> Iterator[str]:
    """Where the sample clip can be fetched."""
    with serving(SAMPLES) as url:
        yield url
