"""The running product, started once for all tests that use it; profiles of Hypothesis; and the groups of xdist."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from local.loopback import no_proxy
from tests.support.aws_descriptions import share_descriptions
from tests.support.known_videos import known
from tests.support.processes import end_what_is_left
from tests.support.random_order import header, shuffled
from tests.support.stack import stack
from tests.support.xdist_groups import in_order, misplaced

__all__ = ["known", "stack"]

# Tests call servers on this machine without the proxy of the user's environment.
os.environ.update(no_proxy(os.environ))

# Every test runs 14 hours ahead of UTC, where at noon of UTC the local day is another one. The matrix sets a time zone
# behind UTC.
os.environ["TZ"] = os.environ.get("TEST_TZ", "LINT-14")
time.tzset()

# Compiled modules are kept, also where the environment says otherwise: pytest rewrites each test module, which takes
# longer than to run the tests of most, and every process of a stack would compile the product again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

share_descriptions()

# No example has a deadline, and each run has the same examples, so that a busy machine changes no result.
settings.register_profile("cinedex", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("cinedex")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Imported here, so that one process needs no pytest-xdist."""
    from tests.support.group_scheduler import GroupScheduler

    return GroupScheduler(config, log)


def pytest_report_header() -> list[str]:
    return header()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if wrong := misplaced(items):
        raise pytest.UsageError("\n".join(wrong))
    items[:] = shuffled(items)
    if hasattr(config, "workerinput"):
        items[:] = in_order(items)


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Set up first and torn down last, when every stack has ended."""
    yield
    assert end_what_is_left(tmp_path_factory.getbasetemp()) == []
