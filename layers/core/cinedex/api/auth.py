"""Who calls a route, and whether they may: the gateway's authorizer has looked, or we look ourselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.types import Scope as AsgiScope

from cinedex.access.domain.api_keys import Caller, Scope
from cinedex.access.usecases.authenticate import Authenticate
from cinedex.kernel.errors import NotAuthenticated

CALLER = "cinedex.caller"
AUTH_ERROR = "cinedex.auth_error"


def require(scope: Scope) -> Callable[[Request], Caller]:
    """A dependency for each scope: `Depends(require(Scope.READ))`; the front door has identified the caller."""

    def caller(request: Request) -> Caller:
        known = request.scope.get(CALLER)
        if not isinstance(known, Caller):
            raise NotAuthenticated(request.scope.get(AUTH_ERROR) or "An API key is needed.")
        return known.require(scope)

    return caller


def identify(asgi_scope: AsgiScope, authenticate: Callable[[], Authenticate]) -> Caller:
    """Behind API Gateway the authorizer's verdict comes with the event; elsewhere the same use case is asked.

    Raises `NotAuthenticated`.
    """
    event = asgi_scope.get("aws.event")
    return authenticate()(Headers(scope=asgi_scope)) if event is None else caller_of_event(event)


def caller_of_event(event: dict[str, Any]) -> Caller:
    """The authorizer's verdict in an API Gateway v2 event; none, or a refusal, raises `NotAuthenticated`."""
    verdict = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if "account_id" not in verdict:
        raise NotAuthenticated(str(verdict.get("refused") or "An API key is needed."))
    own_limit = verdict.get("requests_max")
    return Caller(
        account_id=verdict["account_id"],
        key_id=verdict["key_id"],
        scope=Scope.parse(verdict["scope"]),
        requests_max=int(own_limit) if own_limit else None,
    )


Searcher = Annotated[Caller, Depends(require(Scope.SEARCH))]
Reader = Annotated[Caller, Depends(require(Scope.READ))]
Writer = Annotated[Caller, Depends(require(Scope.WRITE))]
Admin = Annotated[Caller, Depends(require(Scope.ADMIN))]
