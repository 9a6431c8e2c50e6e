"""Wakes the text model as the application starts, while the first question is still on its way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from fastapi import FastAPI

from cinedex.bootstrap.search import warm_up_embedder


@asynccontextmanager
async def warming(_: FastAPI) -> AsyncIterator[None]:
    """A cold model costs the first answer of an instance a second; nobody waits for it here."""
    Thread(target=warm_up_embedder(), name="wake-text-model", daemon=True).start()
    yield
