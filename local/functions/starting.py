"""Starts processes of functions, with several attempts, and only a few at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from local.functions.errors import InitFailed
from local.functions.process import FunctionProcess

PAUSES_S = (0.5, 2.0)
"""Between the attempts."""

logger = logging.getLogger(__name__)


class ProcessStarter:
    """
    Args:
        at_once: starts of processes that may run at once, over all functions: an import uses a whole core.
    """

    def __init__(self, at_once: int) -> None:
        self._starting = asyncio.Semaphore(at_once)

    async def start(self, name: str, start: Callable[[], Awaitable[FunctionProcess]]) -> FunctionProcess:
        """Raises the `InitFailed` of the last attempt."""
        for pause_s in PAUSES_S:
            try:
                async with self._starting:
                    return await start()
            except InitFailed as error:
                logger.warning("%s: a process did not start and is started again: %s", name, error)
            await asyncio.sleep(pause_s)
        async with self._starting:
            return await start()
