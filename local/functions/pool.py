"""The processes of one function: a bounded number, started when needed, replaced when they end, behind a queue."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from local.functions.errors import FunctionTimedOut, InitFailed, QueueFull, WaitedTooLong
from local.functions.limits import PoolLimits
from local.functions.process import FunctionProcess
from local.functions.throughput import Throughput

STABLE_AFTER_S, PAUSE_S_MAX = 5.0, 10.0
"""A process that ends earlier counts as unstable; each further one is replaced after a longer pause."""
REPORT_INTERVAL_S = 5.0
DRAIN_POLL_S = 0.5

logger = logging.getLogger(__name__)


class InvocationResult(NamedTuple):
    """The return value of the function as JSON, and how long the invocation waited for a process."""

    body: bytes
    waited_s: float


class FunctionPool:
    """Invocations get a process in the order of their arrival. Belongs to one event loop.

    Args:
        start: starts a process, or raises `InitFailed`.
    """

    def __init__(self, name: str, start: Callable[[], Awaitable[FunctionProcess]], limits: PoolLimits) -> None:
        self._name, self._start, self._limits = name, start, limits
        self._processes: list[FunctionProcess] = []
        self._waiting: deque[asyncio.Future[FunctionProcess]] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._stopping: set[asyncio.Task[None]] = set()
        self._admitted = 0
        self._ended_early = 0
        self._failure: InitFailed | None = None
        self._reported_at = 0.0
        self._is_closed = False
        self.throughput = Throughput()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def keep_ready(self) -> None:
        """Start the processes that are kept; raises `InitFailed` when there is none in the end."""
        self._assign()
        await asyncio.gather(*self._starting)
        if self._failure is not None and len(self._processes) < self._limits.kept:
            raise self._failure

    @contextmanager
    def admission(self) -> Iterator[None]:
        """A place among those that are served or wait; raises `QueueFull`."""
        capacity = self._limits.processes * self._limits.concurrency
        if self._admitted >= capacity + self._limits.waiting:
            waiting = self._admitted - capacity
            rate, retry_after_s = self.throughput.per_s(), self.throughput.seconds_for(waiting)
            self._report(f"{waiting} invocations wait and no more may, {rate:.1f} end per second")
            raise QueueFull(self._name, waiting, rate, retry_after_s)
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1

    async def invoke(self, event: bytes, waited_s: float = 0.0) -> InvocationResult:
        """`waited_s` of the allowed time have passed. Raises `FunctionFailed` and `WaitedTooLong`."""
        arrived = time.monotonic()
        process = await self._lease(waited_s)
        try:
            waited_s = time.monotonic() - arrived
            return InvocationResult(await process.invoke(event), waited_s)
        except FunctionTimedOut:
            self._remove(process)
            raise
        finally:
            self.throughput.count()
            self._release(process)

    async def drain(self) -> None:
        """Close when no invocation waits or runs any more."""
        while self._waiting or any(process.leases for process in self._processes):
            await asyncio.sleep(DRAIN_POLL_S)
        await self.close()

    async def close(self) -> None:
        self._is_closed = True
        for task in [*self._starting]:
            task.cancel()
        for process in [*self._processes]:
            self._remove(process)
            self._stop(process)
        self._fail(InitFailed({"errorType": "Runtime.ExitError", "errorMessage": "The function is being stopped."}))
        await asyncio.gather(*self._starting, *self._stopping, return_exceptions=True)

    async def _lease(self, waited_s: float) -> FunctionProcess:
        wait_s = self._limits.wait_s
        waiter: asyncio.Future[FunctionProcess] = asyncio.get_running_loop().create_future()
        arrived = time.monotonic()
        self._waiting.append(waiter)
        self._assign()
        try:
            await asyncio.wait([waiter], timeout=None if wait_s is None else max(0.0, wait_s - waited_s))
        except asyncio.CancelledError:
            self._give_up(waiter)
            raise
        if not waiter.done():
            self._give_up(waiter)
            retry_after_s = self.throughput.seconds_for(max(1, self.waiting))
            raise WaitedTooLong(self._name, self.waiting, self.throughput.per_s(), retry_after_s)
        if (waited_s := time.monotonic() - arrived) > 1:
            rate = self.throughput.per_s()
            self._report(f"{self.waiting} invocations wait, {rate:.1f} end per second, one waited {waited_s:.1f} s")
        return waiter.result()

    def _give_up(self, waiter: asyncio.Future[FunctionProcess]) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        elif waiter.done() and waiter.exception() is None:
            self._release(waiter.result())

    def _any(self) -> FunctionProcess | None:
        return min(self._processes, key=lambda process: process.leases, default=None)

    def _assign(self) -> None:
        """Give free processes to those who wait, and start more processes where the limit allows it."""
        while self._waiting and (process := self._any()) and process.leases < self._limits.concurrency:
            waiter = self._waiting.popleft()
            if not waiter.done():
                process.leases += 1
                waiter.set_result(process)
        for _ in range(self._missing()):
            task = asyncio.get_running_loop().create_task(self._add_process())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    def _missing(self) -> int:
        if self._is_closed:
            return 0
        present, limits = len(self._processes) + len(self._starting), self._limits
        for_waiting = len(self._processes) + -(-len(self._waiting) // limits.concurrency)
        return min(limits.processes, max(limits.kept, for_waiting)) - present

    async def _add_process(self) -> None:
        """Those who wait fail only when no attempt to start a process succeeds."""
        await asyncio.sleep(min(self._ended_early, PAUSE_S_MAX))
        try:
            process = await self._start()
        except InitFailed as error:
            self._failure = error
            if not self._processes:
                self._fail(error)
        else:
            self._processes.append(process)
            process.watch(self._lost)
            self._assign()

    def _fail(self, failure: InitFailed) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(InitFailed(failure.payload))

    def _lost(self, process: FunctionProcess) -> None:
        """The process has ended; one that is kept is replaced, with a pause if this happens early and often."""
        if process in self._processes:
            logger.warning("%s: the process %d ended and is replaced", self._name, process.pid)
            early = time.monotonic() - process.started_at < STABLE_AFTER_S
            self._ended_early = self._ended_early + 1 if early else 0
            self._remove(process)
            self._stop(process)

    def _remove(self, process: FunctionProcess) -> None:
        """It gets no more invocations, and is stopped with the end of its last one."""
        if process in self._processes:
            self._processes.remove(process)
            self._assign()

    def _release(self, process: FunctionProcess) -> None:
        process.leases -= 1
        if process in self._processes:
            self._assign()
            asyncio.get_running_loop().call_later(self._limits.idle_s, self._end_idle)
        elif process.leases == 0:
            self._stop(process)

    def _end_idle(self) -> None:
        oldest = time.monotonic() - self._limits.idle_s
        for process in self._processes[max(1, self._limits.kept) :]:
            if process.leases == 0 and process.last_used <= oldest:
                self._remove(process)
                self._stop(process)

    def _stop(self, process: FunctionProcess) -> None:
        task = asyncio.get_running_loop().create_task(process.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    def _report(self, state: str) -> None:
        if time.monotonic() - self._reported_at > REPORT_INTERVAL_S:
            self._reported_at = time.monotonic()
            logger.warning("%s: %s", self._name, state)
