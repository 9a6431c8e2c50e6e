"""Loads the text model while the application starts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from fastapi import FastAPI

from cinedex.bootstrap.search import warm_up_embedder


@asynccontextmanager
async def warm_up(_: FastAPI) -> AsyncIterator[None]:
    """Loading the model takes about a second. In a thread, it does not delay the first request."""
    Thread(target=warm_up_embedder(), name="warm-up-embedder", daemon=True).start()
    yield
