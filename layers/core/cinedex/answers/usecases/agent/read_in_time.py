"""Read an iterator whose next item may never come."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


class OutOfTime(Exception):
    """The next item did not come in time."""


def read_in_time(items: Iterator[T], seconds_left: Callable[[], float]) -> Iterator[T]:
    """Raises `OutOfTime` when no time is left, and what `items` raise, a `TimeoutError` too.

    A blocking read cannot be interrupted, so a thread that can be abandoned reads one item at a time, when it is
    wanted. The thread also closes `items`.
    """
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="read")
    try:
        while (left_s := seconds_left()) > 0:
            read = pool.submit(lambda: list(islice(items, 1)))
            wait([read], left_s)
            if not read.done():
                break
            if not read.result():
                return
            yield read.result()[0]
        raise OutOfTime
    finally:
        if isinstance(items, Generator):
            pool.submit(items.close)
        pool.shutdown(wait=False)
