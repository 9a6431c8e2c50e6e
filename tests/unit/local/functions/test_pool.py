"""A pool has a bounded number of processes, and everyone else waits in the order of arrival."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from local.functions import pool as pools
from local.functions import starting
from local.functions.errors import FunctionTimedOut, InitFailed, ProcessEnded, QueueFull, WaitedTooLong
from local.functions.limits import PoolLimits
from local.functions.pool import FunctionPool
from local.functions.starting import ProcessStarter
from local.functions.throughput import RETRY_AFTER_S_UNKNOWN

INIT_ERROR = {"errorType": "Runtime.ImportModuleError", "errorMessage": "No module named 'x'"}


class FakeProcess:
    """Ends an invocation when `finish` or `fail` is called."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.leases = 0
        self.started_at = self.last_used = 0.0
        self.running: list[tuple[bytes, asyncio.Future[bytes]]] = []
        self.is_stopped = False

    def watch(self, ended: Callable[[Any], None]) -> None:
        self._ended = ended

    async def invoke(self, event: bytes) -> bytes:
        result: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.running.append((event, result))
        return await result

    async def stop(self) -> None:
        self.is_stopped = True

    def finish(self) -> bytes:
        event, result = self.running.pop(0)
        result.set_result(event)
        return event

    def fail(self, error: Exception) -> None:
        self.running.pop(0)[1].set_exception(error)

    def die(self) -> None:
        for _, result in self.running:
            result.set_exception(ProcessEnded())
        self.running.clear()
        self._ended(self)


class Started:
    """Starts fake processes; the first starts fail as often as `failures` says."""

    def __init__(self, failures: int = 0) -> None:
        self.processes: list[FakeProcess] = []
        self.attempts = 0
        self._failures = failures

    async def __call__(self) -> Any:
        self.attempts += 1
        if self.attempts <= self._failures:
            raise InitFailed(INIT_ERROR)
        self.processes.append(FakeProcess(self.attempts))
        return self.processes[-1]

    @property
    def running(self) -> list[bytes]:
        return [event for process in self.processes for event, _ in process.running]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr(pools, "PAUSE_S_MAX", 0.0)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def pool_of(started: Started, **limits: Any) -> FunctionPool:
    starter = ProcessStarter(2)
    return FunctionPool("F", lambda: starter.start("F", started), PoolLimits(**limits))


async def invoked(pool: FunctionPool, *events: bytes, **options: Any) -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(pool.invoke(event, **options)) for event in events]
    await settle()
    return tasks


def test_no_more_processes_than_the_limit_and_the_others_wait_in_order() -> None:
    async def run() -> None:
        started = Started()
        pool = pool_of(started, processes=2)
        tasks = await invoked(pool, b"1", b"2", b"3", b"4")
        assert (sorted(started.running), pool.waiting) == ([b"1", b"2"], 2)
        started.processes[1].finish()
        await settle()
        assert sorted(started.running) == [b"1", b"3"]
        started.processes[0].finish()
        await settle()
        assert sorted(started.running) == [b"3", b"4"]
        for process in started.processes:
            process.finish()
        assert [result.body for result in await asyncio.gather(*tasks)] == [b"1", b"2", b"3", b"4"]
        assert len(started.processes) == 2

    asyncio.run(run())


def test_one_process_serves_as_many_at_once_as_its_concurrency() -> None:
    async def run() -> None:
        started = Started()
        pool = pool_of(started, concurrency=3)
        await invoked(pool, b"1", b"2", b"3", b"4")
        assert (started.running, pool.waiting, len(started.processes)) == ([b"1", b"2", b"3"], 1, 1)
        await pool.close()

    asyncio.run(run())


def test_beyond_the_queue_an_invocation_is_refused_with_its_length() -> None:
    async def run() -> None:
        pool = pool_of(Started(), concurrency=1, waiting=1)
        with pool.admission(), pool.admission():
            with pytest.raises(QueueFull) as refused, pool.admission():
                pass
            assert (refused.value.waiting, refused.value.retry_after_s) == (1, RETRY_AFTER_S_UNKNOWN)
        with pool.admission():
            pass  # there is room again

    asyncio.run(run())


def test_an_invocation_that_waits_too_long_is_refused_and_leaves_the_queue() -> None:
    async def run() -> None:
        started = Started()
        pool = pool_of(started, wait_s=0.01)
        await invoked(pool, b"1")
        with pytest.raises(WaitedTooLong):
            await pool.invoke(b"2")
        assert pool.waiting == 0
        await pool.close()

    asyncio.run(run())


@pytest.mark.parametrize("waited_s", [60.0, 61.0])
def test_what_was_waited_before_counts_and_a_free_process_is_given_also_at_the_limit(waited_s: float) -> None:
    async def run() -> None:
        started = Started()
        pool = pool_of(started, wait_s=60.0, kept=1)
        await pool.keep_ready()
        (first,) = await invoked(pool, b"1", waited_s=waited_s)
        with pytest.raises(WaitedTooLong):
            await asyncio.wait_for(pool.invoke(b"2", waited_s), 20)
        started.processes[0].finish()
        assert (await first).body == b"1"
        await pool.close()

    asyncio.run(run())


def test_a_client_that_leaves_while_it_waits_takes_no_process_with_it() -> None:
    async def run() -> None:
        started = Started()
        pool = pool_of(started)
        first, left, last = await invoked(pool, b"1", b"2", b"3")
        left.cancel()
        started.processes[0].finish()
        await settle()
        assert started.running == [b"3"]
        started.processes[0].finish()
        assert ((await first).body, (await last).body) == (b"1", b"3")

    asyncio.run(run())


def test_a_failed_start_is_tried_again_and_costs_no_invocation() -> None:
    async def run() -> None:
        started = Started(failures=2)
        (task,) = await invoked(pool_of(started), b"1")
        started.processes[0].finish()
        assert ((await task).body, started.attempts) == (b"1", 3)

    asyncio.run(run())


def test_when_no_start_succeeds_those_who_wait_get_the_reason_and_the_next_invocation_tries_again() -> None:
    async def run() -> None:
        started = Started(failures=3)
        pool = pool_of(started)
        (task,) = await invoked(pool, b"1")
        with pytest.raises(InitFailed, match="No module named 'x'"):
            await task
        (again,) = await invoked(pool, b"2")
        started.processes[0].finish()
        assert (await again).body == b"2"

    asyncio.run(run())


def test_processes_that_are_kept_run_before_the_first_invocation() -> None:
    async def run() -> None:
        started = Started()
        await pool_of(started, kept=1).keep_ready()
        assert len(started.processes) == 1
        with pytest.raises(InitFailed, match="No module named 'x'"):
            await pool_of(Started(failures=3), kept=1).keep_ready()

    asyncio.run(run())


def test_a_process_whose_invocation_timed_out_is_replaced_and_stopped_after_its_last_one() -> None:
    async def run() -> None:
        started = Started()
        pool = pool_of(started, concurrency=2, kept=1)
        hanging, other, waiting = await invoked(pool, b"1", b"2", b"3")
        started.processes[0].fail(FunctionTimedOut(29))
        await settle()
        hung, replacement = started.processes
        assert (hung.is_stopped, [event for event, _ in replacement.running]) == (False, [b"3"])
        hung.finish()
        await settle()
        assert hung.is_stopped
        replacement.finish()
        assert ((await other).body, (await waiting).body) == (b"2", b"3")
        with pytest.raises(FunctionTimedOut):
            await hanging

    asyncio.run(run())


def test_a_process_that_dies_fails_its_invocation_and_is_replaced() -> None:
    async def run() -> None:
        started = Started()
        pool = pool_of(started, kept=1)
        (died, waiting) = await invoked(pool, b"1", b"2")
        started.processes[0].die()
        await settle()
        with pytest.raises(ProcessEnded):
            await died
        started.processes[1].finish()
        assert ((await waiting).body, started.processes[0].is_stopped) == (b"2", True)

    asyncio.run(run())


def test_additional_processes_end_when_they_are_idle_and_one_stays() -> None:
    async def run() -> None:
        started = Started()
        pool = pool_of(started, processes=2, idle_s=0.0)
        tasks = await invoked(pool, b"1", b"2")
        for process in started.processes:
            process.finish()
        await asyncio.gather(*tasks)
        await asyncio.sleep(0.01)
        assert [process.is_stopped for process in started.processes] == [False, True]

    asyncio.run(run())


def test_a_pool_that_is_replaced_serves_those_who_wait_before_it_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "DRAIN_POLL_S", 0.0)

    async def run() -> None:
        started = Started()
        pool = pool_of(started)
        tasks = await invoked(pool, b"1", b"2")
        draining = asyncio.create_task(pool.drain())
        for _ in range(2):
            started.processes[0].finish()
            await settle()
        await draining
        assert [result.body for result in await asyncio.gather(*tasks)] == [b"1", b"2"]
        assert started.processes[0].is_stopped

    asyncio.run(run())
