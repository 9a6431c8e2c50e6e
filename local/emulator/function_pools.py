"""Runs the functions that the emulator invokes in pools of processes, instead of the emulator's own runtime.

The emulator starts a process for each concurrent invocation without a limit, discards the invocation of a process that
is slow to start, and serves the Runtime API on ports that any process on the machine can use.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from local.functions.errors import FunctionFailed, NotAdmitted
from local.functions.limits import PoolLimits
from local.functions.pool import FunctionPool
from local.functions.process import FunctionProcess, FunctionSpec
from local.functions.starting import ProcessStarter

REPOSITORY = Path(__file__).resolve().parents[2]
_NOT_INHERITED = ("LOG_LEVEL", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME")
"""`LOG_LEVEL` is set for the emulator; Powertools would apply it to the functions, too. The others have no meaning."""
_CLIENT_THREAD = "ministack-lambda-invoke"
"""The name of the threads in which the emulator runs invocations of clients."""


class FunctionPools:
    """The pools of all functions, in an event loop of their own thread; the emulator calls them from its threads.

    Args:
        python: the interpreter of the functions; the emulator has another one.
        path: where it finds their modules.
        logs: folder of one log per function.
        limits: the same for each function.
    """

    def __init__(self, python: str, path: str, logs: Path, limits: PoolLimits) -> None:
        self._python, self._path, self._logs, self._limits = python, path, logs, limits
        self._loop = asyncio.new_event_loop()
        self._pools: dict[str, tuple[FunctionSpec, FunctionPool]] = {}
        self._draining: set[asyncio.Task[None]] = set()
        self._starter = ProcessStarter(os.cpu_count() or 1)
        threading.Thread(target=self._loop.run_forever, name="function-pools", daemon=True).start()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> FunctionPools:
        limits = PoolLimits(processes=int(environment["FUNCTION_PROCESSES"]))
        python, path = environment["FUNCTION_PYTHON"], environment["FUNCTION_PYTHONPATH"]
        return cls(python, path, Path(environment["FUNCTION_LOGS"]), limits)

    def invoke(self, config: Mapping[str, Any], event: Any, *, bounded: bool) -> dict[str, Any]:
        """The result as the emulator's executors return it; a `bounded` one is refused when too many wait."""
        spec = self._spec(config)
        try:
            return {"body": self._wait(self._invoke(spec, json.dumps(event).encode(), bounded)), "log": ""}
        except FunctionFailed as error:
            return {"body": error.payload, "error": True, "log": ""}
        except NotAdmitted as error:
            functions: Any = import_module("ministack.services.lambda_svc")
            reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
            refused: dict[str, Any] = functions._throttle_response(reason, str(error), error.retry_after_s)
            return refused

    def close(self) -> None:
        self._wait(self._close())

    async def _invoke(self, spec: FunctionSpec, event: bytes, bounded: bool) -> Any:
        pool = self._pool(spec)
        if not bounded:
            return json.loads((await pool.invoke(event)).body)
        with pool.admission():
            return json.loads((await pool.invoke(event)).body)

    def _pool(self, spec: FunctionSpec) -> FunctionPool:
        """A new one when the configuration of the function has changed."""
        known, pool = self._pools.get(spec.name, (None, None))
        if pool is None or known != spec:
            if pool is not None:
                self._drain(pool)
            start = partial(self._starter.start, spec.name, partial(FunctionProcess.started, spec, 1))
            pool = FunctionPool(spec.name, start, self._limits)
            self._pools[spec.name] = (spec, pool)
        return pool

    def _drain(self, pool: FunctionPool) -> None:
        task = self._loop.create_task(pool.drain())
        self._draining.add(task)
        task.add_done_callback(self._draining.discard)

    async def _close(self) -> None:
        await asyncio.gather(*(pool.close() for _, pool in self._pools.values()))

    def _wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _spec(self, config: Mapping[str, Any]) -> FunctionSpec:
        handler = config["Handler"]
        return FunctionSpec(
            name=config["FunctionName"],
            handler=handler,
            arn=config["FunctionArn"],
            timeout_s=config["Timeout"],
            environment=_environment(config) | {"PYTHONPATH": self._path},
            python=self._python,
            folder=REPOSITORY,
            log=self._logs / f"{handler}.log",
        )


def run_functions_in_pools(pools: FunctionPools) -> None:
    """A client of the Lambda API is refused when too many wait; an event or a state of an analysis waits."""
    functions: Any = import_module("ministack.services.lambda_svc")

    def execute(function: Mapping[str, Any], event: Any, _request_id: str) -> dict[str, Any]:
        bounded = threading.current_thread().name == _CLIENT_THREAD
        return pools.invoke(function.get("config") or function, event, bounded=bounded)

    functions._execute_function_provided_warm = functions._execute_function_provided = execute


def _environment(config: Mapping[str, Any]) -> dict[str, str]:
    functions: Any = import_module("ministack.services.lambda_svc")
    environment: dict[str, str] = functions._provided_worker_env(config, str(REPOSITORY), 0)
    return {name: value for name, value in environment.items() if name not in _NOT_INHERITED}
