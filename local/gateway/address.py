"""The addresses and origins that the gateway accepts; refusals have the error format of the API."""

from __future__ import annotations

import uuid

from local.deploy.api import Cors
from local.gateway import envelope
from local.own_address import ANY_ORIGIN, Application, OwnAddress, Receive, Scope, Send
from local.settings import LocalSettings, listed


def gateway_address(port: int, settings: LocalSettings, cors: Cors | None) -> OwnAddress:
    """Origins that the template names are allowed; its `*` needs the setting, as pages of any origin reach loopback."""
    named = {origin.lower() for origin in (cors.allow_origins if cors else ()) if origin != ANY_ORIGIN}
    return OwnAddress(
        port,
        hosts=frozenset(listed(settings.allowed_hosts)),
        origins=frozenset(named | set(listed(settings.allowed_origins))),
    )


class AddressCheck:
    """Wraps the gateway, outside of its CORS rules: a refused page gets no answer that it may read."""

    def __init__(self, app: Application, address: OwnAddress) -> None:
        self._app, self._address = app, address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._address.refusal(scope["headers"]) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            response = envelope.refused(scope["path"], refusal, uuid.uuid4().hex)
            await response(scope, receive, send)
