"""Construct an object at its first use, once, whichever thread comes first."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import RLock
from typing import Generic, TypeVar

T = TypeVar("T")

_constructing = RLock()


class Once(Generic[T]):
    def __init__(self, construct: Callable[[], T]) -> None:
        self._construct = cache(construct)
        self.cache_clear = self._construct.cache_clear

    def __call__(self) -> T:
        with _constructing:
            return self._construct()


def once(construct: Callable[[], T]) -> Once[T]:
    """`functools.cache` for a function without arguments, which concurrent first calls run once.

    All share one lock, because creating clients of boto3 is not thread-safe.
    """
    return Once(construct)
