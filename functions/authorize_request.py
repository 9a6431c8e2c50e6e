"""Lambda authorizer of API Gateway: an API key becomes an account and a scope."""

from __future__ import annotations

from typing import Any

from cinedex.adapters.aws_errors import AWS_ERRORS, domain_error
from cinedex.bootstrap.access import authenticate
from cinedex.kernel.errors import NotAuthenticated
from cinedex.observability import lambda_handler, logger
from pydantic import BaseModel


class AuthorizerEvent(BaseModel):
    headers: dict[str, str] | None = None


@lambda_handler(AuthorizerEvent)
def handler(event: AuthorizerEvent) -> dict[str, Any]:
    """Always authorizes the request and passes the outcome on, because only the app can answer with an API's errors."""
    try:
        caller = authenticate()(event.headers or {})
    except NotAuthenticated as error:
        return {"isAuthorized": True, "context": {"refused": error.message}}
    except AWS_ERRORS as error:
        if domain_error(error) is None:
            raise
        logger.warning("the store of API keys does not answer now", exc_info=error)
        return {"isAuthorized": True, "context": {"unavailable": "true"}}
    known = caller.model_dump(exclude_none=True) | {"scope": caller.scope.label}
    return {"isAuthorized": True, "context": known}
