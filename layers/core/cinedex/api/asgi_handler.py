"""A web application as the handler of a Lambda function behind API Gateway."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from mangum import Mangum

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def asgi_handler(app: FastAPI) -> Handler:
    """Mangum uses the event loop of the current thread, which Python no longer creates by itself.

    Each thread that calls the handler has a loop of its own. `asyncio.run` removes the loop from the thread, so each
    request sets it again.
    """
    threads = threading.local()

    def set_loop() -> None:
        if not hasattr(threads, "loop"):
            threads.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(threads.loop)

    set_loop()  # the constructor of Mangum reads it as well
    adapter = Mangum(app, lifespan="off")

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        set_loop()
        response: dict[str, Any] = adapter(event, context)
        return response

    return handler
