"""Who calls a route, and whether they may: the gateway's authorizer has looked, or we look ourselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request

from cinedex.domain.access import Caller, Scope
from cinedex.domain.errors import NotAuthenticated
from cinedex.usecases.authenticate import Authenticate


class CallerGate:
    """Makes a dependency for each scope: `Depends(gate(Scope.READ))`.

    Behind API Gateway the authorizer's verdict comes with the event; the streaming app, which has no authorizer in
    front of it, asks the same use case.
    """

    def __init__(self, authenticate: Callable[[], Authenticate]) -> None:
        self._authenticate = authenticate

    def __call__(self, scope: Scope) -> Callable[[Request], Caller]:
        def caller(request: Request) -> Caller:
            return self._identify(request).require(scope)

        return caller

    def _identify(self, request: Request) -> Caller:
        event = request.scope.get("aws.event")
        if event is None:
            return self._authenticate()(request.headers)
        return caller_of_event(event)


def caller_of_event(event: dict[str, Any]) -> Caller:
    """The authorizer's verdict in an API Gateway v2 event; none, or a refusal, raises `NotAuthenticated`."""
    verdict = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if "account_id" not in verdict:
        raise NotAuthenticated(str(verdict.get("refused") or "An API key is needed."))
    return Caller(account_id=verdict["account_id"], key_id=verdict["key_id"], scope=Scope.parse(verdict["scope"]))
