"""A function returns the same, and fails in the same way, in our process as under AWS's own runtime client."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.functions.errors import FunctionFailed, FunctionTimedOut, InitFailed, ProcessEnded
from local.functions.process import FunctionProcess, FunctionSpec
from local.settings import PYTHONPATH, REPOSITORY
from tests.support.runtime_api import ARN, aws_runtime

HANDLERS = "tests.support.lambda_handlers"
ENVIRONMENT = {
    "SETTING": "ümläut",
    "AWS_LAMBDA_FUNCTION_NAME": "F",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "LAMBDA_TASK_ROOT": str(REPOSITORY),
}
EVENTS: list[Any] = [
    {"a": [1, 2.5, None, True]},
    "text",
    [],
    None,
    7,
    {"text": "ümläut 🐈\n"},
    {"large": "x" * 3_000_000},
]


def spec(handler: str, log: Path, timeout_s: float = 20) -> FunctionSpec:
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": PYTHONPATH}
    return FunctionSpec(
        name="F",
        handler=f"{HANDLERS}.{handler}" if "." not in handler else handler,
        arn=ARN,
        timeout_s=timeout_s,
        environment=environment,
        python=sys.executable,
        folder=REPOSITORY,
        log=log / "function.log",
    )


async def in_process(spec: FunctionSpec, use: Callable[[FunctionProcess], Awaitable[Any]], concurrency: int = 1) -> Any:
    process = await FunctionProcess.started(spec, concurrency)
    process.watch(lambda _: None)
    try:
        return await use(process)
    finally:
        await process.stop()


async def outcome(process: FunctionProcess, event: Any) -> tuple[str, Any]:
    try:
        return "response", json.loads(await process.invoke(json.dumps(event).encode()))
    except FunctionFailed as error:
        return "error", error.payload


def ours(folder: Path, handler: str, events: list[Any]) -> list[tuple[str, Any]]:
    async def all_events(process: FunctionProcess) -> list[tuple[str, Any]]:
        return [await outcome(process, event) for event in events]

    results: list[tuple[str, Any]] = asyncio.run(in_process(spec(handler, folder), all_events))
    return results


@pytest.mark.parametrize("handler", ["describe", "fail", "unserialisable"])
def test_results_and_errors_are_those_of_the_runtime_of_aws(tmp_path: Path, handler: str) -> None:
    with aws_runtime(f"{HANDLERS}.{handler}", ENVIRONMENT) as aws:
        expected = [aws.invoke(event) for event in EVENTS]
    assert [_comparable(r) for r in ours(tmp_path, handler, EVENTS)] == [_comparable(r) for r in expected]


def test_a_handler_that_cannot_be_imported_fails_with_the_error_of_the_runtime_of_aws(tmp_path: Path) -> None:
    with aws_runtime(f"{HANDLERS}_absent.echo", ENVIRONMENT) as aws:
        kind, expected = aws.invoke(None)
    with pytest.raises(InitFailed) as failed:
        ours(tmp_path, f"{HANDLERS}_absent.echo", [])
    assert (kind, failed.value.payload) == ("init", expected)


def test_a_process_serves_as_many_at_once_as_its_concurrency(tmp_path: Path) -> None:
    async def two(process: FunctionProcess) -> list[tuple[str, Any]]:
        return list(await asyncio.gather(outcome(process, 1), outcome(process, 2)))

    assert asyncio.run(in_process(spec("meet", tmp_path), two, concurrency=2)) == [("response", "met")] * 2


def test_an_invocation_that_hangs_fails_after_the_timeout_of_the_function(tmp_path: Path) -> None:
    async def hang(process: FunctionProcess) -> int:
        with pytest.raises(FunctionTimedOut, match=r"Task timed out after 0\.20 seconds"):
            await process.invoke(b"null")
        return process.pid

    pid = asyncio.run(in_process(spec("hang", tmp_path, timeout_s=0.2), hang))
    assert not psutil.pid_exists(pid), "and the process, which would go on, is stopped"


def test_an_invocation_whose_process_ends_fails_at_once(tmp_path: Path) -> None:
    async def end(process: FunctionProcess) -> None:
        with pytest.raises(ProcessEnded, match="Runtime exited before returning a response"):
            await process.invoke(b"null")

    asyncio.run(in_process(spec("end", tmp_path), end))


def test_a_process_ends_with_its_owner_even_while_a_handler_runs(tmp_path: Path) -> None:
    """The kernel closes the socket when the owner ends, for whatever reason; nothing else stops the process here."""

    async def close(process: FunctionProcess) -> None:
        running = psutil.Process(process.pid)
        invocation = asyncio.create_task(process.invoke(b"null"))
        await asyncio.sleep(0)
        process._writer.close()
        with pytest.raises(ProcessEnded):
            await invocation
        while running.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(in_process(spec("hang", tmp_path), close), 20))


def test_the_process_listens_on_no_port(tmp_path: Path) -> None:
    """The Runtime API would give events, and with them API keys, to any process on the machine."""

    async def connections(process: FunctionProcess) -> list[Any]:
        await process.invoke(b"null")
        return psutil.Process(process.pid).net_connections("inet")

    assert asyncio.run(in_process(spec("echo", tmp_path), connections)) == []


def _comparable(result: tuple[str, Any]) -> tuple[str, Any]:
    """Without the id of the invocation, which is random."""
    kind, document = result
    return kind, {**document, "requestId": ""} if kind == "error" else document
