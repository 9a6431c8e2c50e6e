"""One process of a function, as its owner sees it."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.functions import frames
from local.functions.errors import FunctionFailed, FunctionTimedOut, InitFailed, ProcessEnded

INIT_S_MAX = 60.0
END_S = 2.0
_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True)
class FunctionSpec:
    """A function and how it is invoked; `environment` is complete."""

    name: str
    handler: str
    arn: str
    timeout_s: float
    environment: Mapping[str, str]
    python: str
    folder: Path
    log: Path


class FunctionProcess:
    """Started by `started`; serves invocations until it is stopped or ends by itself."""

    def __init__(
        self,
        spec: FunctionSpec,
        process: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._spec, self._process, self._reader, self._writer = spec, process, reader, writer
        self._results: dict[int, asyncio.Future[bytes]] = {}
        self._ids = itertools.count()
        self._reading: asyncio.Task[None] | None = None
        self.started_at = self.last_used = time.monotonic()
        self.leases = 0
        self.is_ready = False

    @classmethod
    async def started(cls, spec: FunctionSpec, concurrency: int) -> FunctionProcess:
        """A process that has imported its handler.

        Raises:
            InitFailed: it could not be started, or did not get ready in time.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                process = _spawn(spec, theirs, concurrency)
        except OSError as error:
            ours.close()
            raise InitFailed(_init_error(f"The process could not be started: {error}")) from error
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_BUFFER_BYTES)
        started = cls(spec, process, reader, writer)
        try:
            await asyncio.wait_for(started._until_ready(), INIT_S_MAX)
        except TimeoutError:
            raise InitFailed(_init_error(f"The handler was not imported within {INIT_S_MAX:.0f} s.")) from None
        finally:
            if not started.is_ready:
                await started.stop()
        return started

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, ended: Callable[[FunctionProcess], None]) -> None:
        """Read results; `ended` is called when the process has ended."""
        self._reading = asyncio.create_task(self._read(ended))

    async def invoke(self, event: bytes) -> bytes:
        """The result as JSON.

        Raises:
            FunctionFailed: it raised, timed out, or ended.
        """
        invocation_id, timeout_s = next(self._ids), self._spec.timeout_s
        result = self._results[invocation_id] = asyncio.get_running_loop().create_future()
        self._writer.write(frames.encode(self._header(invocation_id), event))
        try:
            done, _ = await asyncio.wait([result], timeout=timeout_s)
        finally:
            del self._results[invocation_id]
            self.last_used = time.monotonic()
        if not done:
            raise FunctionTimedOut(timeout_s)
        answer: bytes = result.result()
        return answer

    async def stop(self) -> None:
        """End the process: it ends itself when its socket is closed, or is killed."""
        self._writer.close()
        try:
            await asyncio.to_thread(self._process.wait, END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)

    def _header(self, invocation_id: int) -> dict[str, object]:
        deadline_ms = int((time.time() + self._spec.timeout_s) * 1000)
        return {
            "kind": "invoke",
            "id": invocation_id,
            "request_id": str(uuid.uuid4()),
            "arn": self._spec.arn,
            "deadline_ms": deadline_ms,
        }

    async def _until_ready(self) -> None:
        frame = await frames.receive(self._reader)
        if frame is None:
            raise InitFailed(_init_error("The process ended while it imported the handler."))
        if frame.header["kind"] == "init_error":
            raise InitFailed(json.loads(frame.body))
        self.is_ready = True

    async def _read(self, ended: Callable[[FunctionProcess], None]) -> None:
        while (frame := await frames.receive(self._reader)) is not None:
            self._settle(frame)
        for result in self._results.values():
            if not result.done():
                result.set_exception(ProcessEnded())
        ended(self)

    def _settle(self, frame: frames.Frame) -> None:
        result = self._results.get(frame.header["id"])
        if result is None or result.done():  # it has timed out
            return
        if frame.header["kind"] == "error":
            result.set_exception(FunctionFailed(json.loads(frame.body)))
        else:
            result.set_result(frame.body)


def _spawn(spec: FunctionSpec, connection: socket.socket, concurrency: int) -> subprocess.Popen[bytes]:
    arguments = ["-m", "local.functions.runtime", spec.handler, str(connection.fileno()), str(concurrency)]
    with spec.log.open("ab") as log:
        return subprocess.Popen(
            [spec.python, *arguments],
            cwd=spec.folder,
            env=dict(spec.environment),
            pass_fds=[connection.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _init_error(message: str) -> dict[str, str]:
    return {"errorType": "Runtime.ExitError", "errorMessage": message}
