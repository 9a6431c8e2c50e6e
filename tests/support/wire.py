"""A fake transport with canned responses, and a client that uses it and never sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
from cinedex_client import Client, Connection

URL, KEY = "http://library.test", "sk_live_test"

Answers = Callable[[httpx.Request], httpx.Response]


class Wire:
    """Answers requests of the client; records every request and every pause."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.pauses_s: list[float] = []
        self.answers: Answers = lambda _: httpx.Response(404)

    def connection(self, clock: Callable[[], float] = time.monotonic) -> Connection:
        transport = httpx.MockTransport(self._play)
        return Connection(URL, KEY, transport=transport, pause=self.pauses_s.append, clock=clock)

    def deployment(self) -> Client:
        return Client(self.connection(), pause=self.pauses_s.append)

    def in_turn(self, *answers: httpx.Response | httpx.TransportError) -> None:
        """Give these responses, in order."""
        left = iter(answers)

        def answer(_: httpx.Request) -> httpx.Response:
            given = next(left)
            if isinstance(given, httpx.Response):
                return given
            raise given

        self.answers = answer

    def _play(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return self.answers(request)
