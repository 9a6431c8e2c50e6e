"""Read an iterator whose next item may never come."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


class OutOfTime(Exception):
    """The next item did not come in time."""


def read_in_time(items: Iterator[T], seconds_left: Callable[[], float]) -> Iterator[T]:
    """Raises `OutOfTime` when no time is left.

    A blocking read cannot be interrupted, so a thread that can be abandoned reads one item at a time, when it is
    wanted. The thread also closes `items`.
    """
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="read")
    try:
        while (left_s := seconds_left()) > 0:
            following = pool.submit(lambda: list(islice(items, 1))).result(left_s)
            if not following:
                return
            yield following[0]
        raise OutOfTime
    except FutureTimeoutError:
        raise OutOfTime from None
    finally:
        if isinstance(items, Generator):
            pool.submit(items.close)
        pool.shutdown(wait=False)
