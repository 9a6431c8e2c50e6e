"""The error envelope: domain errors, the framework's own and surprises all leave in the shape of the path's dialect."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from cinedex.api.videovector import errors as videovector
from cinedex.kernel import errors
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
    errors.InternalError: (500, "server_error"),
    errors.Unavailable: (503, "server_error"),
    errors.CinedexError: (500, "server_error"),
}
BY_STATUS = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 409: "conflict_error"}
REKA_PARAMS = {"idempotency_key": "Idempotency-Key"}
"""Fields of the domain whose parameter has another name in the Reka API."""
REQUEST_ID = "cinedex.request_id"
MESSAGES = {404: "No such route.", 405: "This route does not know that method."}


def register_exception_handlers(app: FastAPI) -> None:
    """What a route raises leaves in the envelope; what happens outside routes is the front door's business."""
    app.add_exception_handler(errors.CinedexError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)


def envelope(
    status: int, kind: str, message: str, param: str | None = None, details: list[Any] | None = None
) -> JSONResponse:
    error: dict[str, Any] = {"type": kind, "message": message}
    if param:
        error["param"] = param
    if details:
        error["details"] = details
    return JSONResponse({"error": error}, status_code=status)


def error_response(error: errors.CinedexError, scope: Scope) -> JSONResponse:
    if error.__cause__ is not None and isinstance(error, errors.Unavailable):
        logger.warning("unavailable", exc_info=error, request_id=scope.get(REQUEST_ID), path=scope["path"])
    if videovector.speaks(scope["path"]):
        response = videovector.error_response(error, scope.get(REQUEST_ID))
    else:
        status, kind = next(STATUS[t] for t in type(error).__mro__ if t in STATUS)
        param = REKA_PARAMS.get(error.field or "", error.field)
        response = envelope(status, kind, error.message, param, error.details)
    if isinstance(error, errors.TooManyRequests):
        response.headers["retry-after"] = str(error.retry_after_s)
    return response


def surprise(scope: Scope) -> JSONResponse:
    message = "Something went wrong on our side; the request id finds it in the log."
    if videovector.speaks(scope["path"]):
        return videovector.refused(500, message, scope.get(REQUEST_ID))
    return envelope(500, "server_error", message)


def _on_domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.CinedexError)
    return error_response(error, request.scope)


def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [_problem(e) for e in error.errors()]
    first = problems[0] if problems else {"loc": [], "msg": "The request is not valid."}
    param = ".".join(str(p) for p in first["loc"][1:]) or None
    message = f"{param}: {first['msg']}" if param else str(first["msg"])
    if videovector.speaks(request.url.path):
        return videovector.invalid(problems, message, request.scope.get(REQUEST_ID))
    return envelope(400, "validation_error", message, param, problems)


def _problem(error: dict[str, Any]) -> dict[str, Any]:
    """Where and what, without the input; a body that is no JSON has no place inside it."""
    if error["type"] == "json_invalid":
        return {"loc": ["body"], "msg": "The body is not valid JSON."}
    return {"loc": list(error["loc"]), "msg": error["msg"]}


def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    message = MESSAGES.get(error.status_code, str(error.detail))
    if videovector.speaks(request.url.path):
        response = videovector.refused(error.status_code, message, request.scope.get(REQUEST_ID))
    else:
        kind = BY_STATUS.get(error.status_code, "validation_error" if error.status_code < 500 else "server_error")
        response = envelope(error.status_code, kind, message)
    response.headers.update(error.headers or {})
    return response
