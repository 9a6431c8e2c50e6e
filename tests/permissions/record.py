"""A plugin of pytest that records the AWS calls of every stack that the tests start.

    CINEDEX_AWS_CALLS=/tmp/calls.jsonl .venv/bin/python -m pytest -p tests.permissions.record tests/integration
    .venv/bin/python -m tests.permissions /tmp/calls.jsonl

The second command adds what was recorded to `calls.json`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

RECORDER = Path(__file__).parent / "recorder"


def pytest_configure(config: pytest.Config) -> None:
    """The stack is started by this process, so that its functions and processes get the path from here."""
    from local import process_specs
    from local.emulator import launch

    for module in (launch, process_specs):
        module.PYTHONPATH += f":{RECORDER}"
