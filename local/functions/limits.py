"""The limits of a pool."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PoolLimits:
    """
    Args:
        processes: maximum number of processes.
        concurrency: invocations that one process serves at once.
        waiting: invocations that may wait, of those that ask for admission.
        wait_s: how long an invocation waits for a process; None for without limit.
        kept: processes that run from the start and are replaced at once.
        idle_s: additional processes end after this time without an invocation.
    """

    processes: int = 1
    concurrency: int = 1
    waiting: int = 500
    wait_s: float | None = None
    kept: int = 0
    idle_s: float = 60.0
