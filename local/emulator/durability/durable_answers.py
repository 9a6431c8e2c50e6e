"""No response leaves before everything that it may have seen is on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

from local.emulator.durability.journal import Journal
from local.emulator.durability.unsaved_changes import UnsavedChanges
from local.emulator.write_tracker import Application, Receive, Scope, Send


class DurableAnswers:
    """Wraps an ASGI application. Reads wait, too: what they show must not be lost."""

    def __init__(
        self, application: Application, journal: Journal, unsaved: UnsavedChanges, checkpoint: Callable[[], None]
    ) -> None:
        self._application = application
        self._journal = journal
        self._unsaved = unsaved
        self._checkpoint = checkpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_when_durable(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                await self._become_durable()
            await send(message)

        await self._application(scope, receive, send_when_durable if scope["type"] == "http" else send)

    async def _become_durable(self) -> None:
        if self._unsaved:
            await asyncio.to_thread(self._checkpoint)
        await self._journal.durable()
