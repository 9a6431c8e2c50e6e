"""Which Host and Origin headers a port of the stack accepts: its own address, and what the settings add.

A web page of another origin, in a browser on this machine, can send requests to every port of the loopback interface.
Its requests carry the page's `Origin`, or, after DNS rebinding, the page's name in `Host`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

LOOPBACK_NAMES = ("127.0.0.1", "localhost")
ANY_ORIGIN = "*"
_PORT = re.compile(r":\d+$")


class Refusal(NamedTuple):
    status: int
    message: str


@dataclass(frozen=True)
class OwnAddress:
    """The address of one port.

    Args:
        hosts: additional values of `Host`; one without a port stands for every port.
        origins: additional values of `Origin`; `*` stands for every origin.
    """

    port: int
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    def refusal(self, headers: Headers) -> Refusal | None:
        received = list(headers)
        return self.host_refusal(received) or self.origin_refusal(received)

    def host_refusal(self, headers: Headers) -> Refusal | None:
        """A request without `Host`, or with several, is refused as well."""
        hosts = _values(headers, b"host")
        if len(hosts) == 1 and self._is_own(hosts[0]):
            return None
        named = ", ".join(hosts) or "nothing"
        own = " or ".join(f"{name}:{self.port}" for name in LOOPBACK_NAMES)
        return Refusal(
            421, f"The Host header names {named}, not {own}. CINEDEX_ALLOWED_HOSTS allows further hosts at the gateway."
        )

    def origin_refusal(self, headers: Headers) -> Refusal | None:
        """Programs that are not browsers send no `Origin`."""
        foreign = [origin for origin in _values(headers, b"origin") if not self._is_allowed(origin)]
        if not foreign:
            return None
        return Refusal(
            403,
            f"Pages of the origin {foreign[0]} may not use this address. "
            "CINEDEX_ALLOWED_ORIGINS allows further origins at the gateway.",
        )

    def _is_allowed(self, origin: str) -> bool:
        if ANY_ORIGIN in self.origins or origin in self.origins:
            return True
        scheme, separator, host = origin.partition("://")
        return bool(separator) and scheme in ("http", "https") and self._is_own(host)

    def _is_own(self, host: str) -> bool:
        name = host.lower()
        if name in {f"{loopback}:{self.port}" for loopback in LOOPBACK_NAMES}:
            return True
        return name in self.hosts or _PORT.sub("", name) in self.hosts


class OwnAddressOnly:
    """Wraps an ASGI application: requests with another `Host` or `Origin` get 421 or 403 and do not reach it."""

    def __init__(self, application: Application, address: OwnAddress) -> None:
        self._application, self._address = application, address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._address.refusal(scope["headers"]) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self._application(scope, receive, send)
        elif scope["type"] == "http":
            await send_text(send, refusal.status, refusal.message)
        else:
            await send({"type": "websocket.close", "code": 1008})


async def send_text(send: Send, status: int, text: str = "", headers: Headers = ()) -> None:
    content = text.encode()
    own = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": content})


def _values(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for header, value in headers if header.lower() == name]
