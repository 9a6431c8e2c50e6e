"""Every response of the HTTP API: the error envelope and the request id."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.responses import Response

from cinedex.domain import errors
from cinedex.observability import logger

STATUS: dict[type[errors.CinedexError], tuple[int, str]] = {
    errors.InvalidInput: (400, "validation_error"),
    errors.ImpossibleValue: (422, "validation_error"),
    errors.NotAuthenticated: (401, "authentication_error"),
    errors.NotPermitted: (403, "permission_error"),
    errors.NotFound: (404, "not_found_error"),
    errors.StateConflict: (409, "conflict_error"),
    errors.TooLarge: (413, "validation_error"),
    errors.MediaError: (422, "validation_error"),
    errors.TooManyRequests: (429, "rate_limit_error"),
    errors.Unavailable: (503, "server_error"),
    errors.CinedexError: (500, "server_error"),
}
BY_STATUS = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 409: "conflict_error"}


def install_envelope(app: FastAPI) -> None:
    """Domain errors, the framework's own and surprises all leave in the same shape."""
    app.add_exception_handler(errors.CinedexError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_middleware(BaseHTTPMiddleware, dispatch=_outermost)


def envelope(
    status: int, kind: str, message: str, param: str | None = None, details: list[Any] | None = None
) -> JSONResponse:
    error: dict[str, Any] = {"type": kind, "message": message}
    if param:
        error["param"] = param
    if details:
        error["details"] = details
    return JSONResponse({"error": error}, status_code=status)


async def _outermost(request: Request, call_next: RequestResponseEndpoint) -> Response:
    request_id = uuid4().hex
    try:
        response = await call_next(request)
    except Exception:
        logger.exception("request failed", request_id=request_id, path=request.url.path)
        response = envelope(
            500, "server_error", "Something went wrong on our side; the request id finds it in the log."
        )
    response.headers["X-Request-ID"] = request_id
    return response


def _on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.CinedexError)
    status, kind = next(STATUS[t] for t in type(error).__mro__ if t in STATUS)
    response = envelope(status, kind, error.message, error.param, error.details)
    if isinstance(error, errors.TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [{"loc": list(e["loc"]), "msg": e["msg"]} for e in error.errors()]
    first = problems[0] if problems else {"loc": [], "msg": "The request is not valid."}
    param = ".".join(str(p) for p in first["loc"][1:]) or None
    message = f"{param}: {first['msg']}" if param else str(first["msg"])
    return envelope(400, "validation_error", message, param, problems)


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = BY_STATUS.get(error.status_code, "validation_error" if error.status_code < 500 else "server_error")
    message = "No such route." if error.status_code == 404 else str(error.detail)
    response = envelope(error.status_code, kind, message)
    response.headers.update(error.headers or {})
    return response
