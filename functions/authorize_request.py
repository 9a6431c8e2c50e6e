"""API Gateway asks who calls: an API key becomes an account and a scope."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.access import authenticate
from cinedex.kernel.errors import NotAuthenticated


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Always lets the request through with its verdict: only the app can refuse in the API's own envelope."""
    try:
        caller = authenticate()(event.get("headers") or {})
    except NotAuthenticated as refusal:
        return {"isAuthorized": True, "context": {"refused": refusal.message}}
    known = caller.model_dump(exclude_none=True) | {"scope": caller.scope.label}
    return {"isAuthorized": True, "context": known}
