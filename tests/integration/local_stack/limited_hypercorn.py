"""A Hypercorn with the limits of the emulator, shortened; prints its port and serves until it is ended."""

from __future__ import annotations

import asyncio
import socket
from importlib import import_module
from typing import Any

from local.http_limits import request_body, waiting_connections
from local.http_limits.hypercorn_connections import limit_connections
from local.http_limits.request_body import LimitedBodies
from local.own_address import Receive, Scope, Send, send_text

LIMIT_S = 0.5


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(2 * LIMIT_S if scope["path"] == "/slow" else 0)
        await send_text(send, 200, scope["path"])


def main() -> None:
    waiting_connections.HEADERS_S_MAX = request_body.GRACE_S = LIMIT_S
    waiting_connections.WAITING_MAX = 50
    limit_connections()
    hypercorn: Any = import_module("hypercorn.asyncio")
    config: Any = import_module("hypercorn.config").Config()
    config.keep_alive_timeout, config.loglevel = 75, "CRITICAL"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        config.bind = [f"fd://{listening.fileno()}"]
        asyncio.run(hypercorn.serve(LimitedBodies(application), config))


if __name__ == "__main__":
    main()
