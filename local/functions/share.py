"""A share of the places of a function, so that one kind of invocation leaves places for the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from local.functions.errors import WaitedTooLong
from local.functions.throughput import Throughput


class Share:
    """At most `places` invocations at once; the others wait in the order of arrival. Belongs to one event loop."""

    def __init__(self, name: str, places: int, wait_s: float) -> None:
        self._name, self._wait_s = name, wait_s
        self._places = asyncio.Semaphore(places)
        self._waiting = 0
        self._throughput = Throughput()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[float]:
        """The seconds that it was waited for. Raises `WaitedTooLong`."""
        arrived = time.monotonic()
        await self._acquire()
        try:
            yield time.monotonic() - arrived
        finally:
            self._throughput.count()
            self._places.release()

    async def _acquire(self) -> None:
        self._waiting += 1
        try:
            await asyncio.wait_for(self._places.acquire(), self._wait_s)
        except TimeoutError:
            rate, retry_after_s = self._throughput.per_s(), self._throughput.seconds_for(self._waiting)
            raise WaitedTooLong(self._name, self._waiting, rate, retry_after_s) from None
        finally:
            self._waiting -= 1
