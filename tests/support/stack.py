"""The running local stack that integration tests share: started once, on free ports, with its own home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from local.stack import RunningStack, running_stack

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURE_TEMPLATE = REPOSITORY / "tests/integration/local_stack/fixture/template.yaml"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The product itself: template.yaml, the worker, everything. Webhooks may be sent to this machine."""
    with ExitStack() as running:
        with pytest.MonkeyPatch.context() as patched:  # until it has started
            patched.setenv("CINEDEX_WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8")
            started = running.enter_context(running_stack(tmp_path_factory.mktemp("cinedex")))
        yield started


@contextmanager
def stack_that_fetches_from_here(home: Path) -> Iterator[RunningStack]:
    """The product, which may download videos from this machine."""
    with ExitStack() as running:
        with pytest.MonkeyPatch.context() as patched:  # until it has started: others that start later may not
            patched.setenv("CINEDEX_FETCH_ALLOWED_NETWORKS", "127.0.0.0/8")
            started = running.enter_context(running_stack(home))
        yield started


@pytest.fixture(scope="session")
def fixture_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A small application with one of everything, for tests of the stack itself."""
    with running_stack(tmp_path_factory.mktemp("fixture"), template=FIXTURE_TEMPLATE) as running:
        yield running
