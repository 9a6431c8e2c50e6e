"""A process that has imported pytest and the libraries of others, and runs tests in forks of itself.

A fork imports the product and the tests afresh, so that it sees the module with its change, and saves the seconds that
libraries take to import. `python -m tests.mutation.forks` reads a line of JSON for each run and answers with one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from importlib import import_module
from typing import IO

LIBRARIES = (
    "boto3", "moto", "moto.dynamodb", "moto.s3", "moto.stepfunctions", "pydantic_settings", "fastapi.testclient",
    "yaml", "hypothesis", "rich.console", "psutil", "xdist.plugin", "pytest_timeout",
)  # fmt: skip
POLL_S = 0.02
TIMED_OUT = -1


def main() -> None:
    for library in ("pytest", *LIBRARIES):
        import_module(library)
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryFile("w+") as printed:
            code = _run(asked["arguments"], asked["limit_s"], printed)
            printed.seek(0)
            print(json.dumps({"code": code, "printed": printed.read()}), flush=True)


def _run(arguments: list[str], limit_s: float, printed: IO[str]) -> int:
    child = os.fork()
    if child == 0:
        os.setsid()
        for stream in (1, 2):
            os.dup2(printed.fileno(), stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os._exit(_pytest(arguments))
    return _code_of(child, time.monotonic() + limit_s)


def _pytest(arguments: list[str]) -> int:
    import pytest

    try:
        return int(pytest.main(arguments))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _code_of(child: int, until_s: float) -> int:
    while time.monotonic() < until_s:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return abs(os.waitstatus_to_exitcode(status))
        time.sleep(POLL_S)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TIMED_OUT


if __name__ == "__main__":
    main()
