"""The other end of the wire: a deployment made of canned answers, and a client of it that never sleeps."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from cinedex_client import Client, Connection

URL, KEY = "http://library.test", "sk_live_test"

Answers = Callable[[httpx.Request], httpx.Response]


class Wire:
    """Plays the other end; remembers every request and every pause between two of them."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.pauses_s: list[float] = []
        self.answers: Answers = lambda _: httpx.Response(404)

    def connection(self) -> Connection:
        return Connection(URL, KEY, transport=httpx.MockTransport(self._play), pause=self.pauses_s.append)

    def deployment(self) -> Client:
        return Client(self.connection(), pause=self.pauses_s.append)

    def in_turn(self, *answers: httpx.Response | httpx.TransportError) -> None:
        """Give these answers, one after the other."""
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
