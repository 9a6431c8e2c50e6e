"""Authentication and scopes: the caller of a request, and what a route requires of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.types import Scope as AsgiScope

from cinedex.access.domain.api_keys import Caller, Scope
from cinedex.access.usecases.authenticate import Authenticate
from cinedex.kernel.errors import NotAuthenticated, StoreUnavailable

CALLER = "cinedex.caller"
AUTH_ERROR = "cinedex.auth_error"
API_KEY_REQUIRED = "An API key is required."
PUBLIC_PATHS = frozenset({"/health", "/openapi.json", "/api/v2/webhooks/events"})
"""Served without an API key. Every other path, also one without a route, answers 401 without a valid key."""


def require(scope: Scope) -> Callable[[Request], Caller]:
    """A FastAPI dependency that requires `scope` of the caller, whom `RequestMiddleware` has identified."""

    def caller(request: Request) -> Caller:
        identified = request.scope.get(CALLER)
        if not isinstance(identified, Caller):
            raise NotAuthenticated(request.scope.get(AUTH_ERROR) or API_KEY_REQUIRED)
        return identified.require(scope)

    return caller


def identify(asgi_scope: AsgiScope, authenticate: Callable[[], Authenticate]) -> Caller:
    """Reads the result of the authorizer from the event of API Gateway, or authenticates if there is no event.

    Raises `NotAuthenticated`.
    """
    event = asgi_scope.get("aws.event")
    return authenticate()(Headers(scope=asgi_scope)) if event is None else caller_of_event(event)


def caller_of_event(event: dict[str, Any]) -> Caller:
    """The caller in an event of API Gateway v2.

    Raises `NotAuthenticated` without a caller, or with an invalid key; `StoreUnavailable` if the key was not checked.
    """
    context = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if "unavailable" in context:
        raise StoreUnavailable
    if "account_id" not in context:
        raise NotAuthenticated(str(context.get("refused") or API_KEY_REQUIRED))
    own_limit = context.get("requests_max")
    return Caller(
        account_id=context["account_id"],
        key_id=context["key_id"],
        scope=Scope.parse(context["scope"]),
        requests_max=int(own_limit) if own_limit else None,
    )


Searcher = Annotated[Caller, Depends(require(Scope.SEARCH))]
Reader = Annotated[Caller, Depends(require(Scope.READ))]
Writer = Annotated[Caller, Depends(require(Scope.WRITE))]
Admin = Annotated[Caller, Depends(require(Scope.ADMIN))]
