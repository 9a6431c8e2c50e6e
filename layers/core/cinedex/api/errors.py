"""Error responses: domain errors, errors of the framework and internal errors leave in the dialect of their path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from cinedex.adapters.aws_errors import AWS_ERRORS, domain_error
from cinedex.api.dialects import dialect_of, http_error_response, internal_error_response, render
from cinedex.api.requests.validation import Problem, problems_of
from cinedex.kernel.errors import (
    CinedexError,
    LanguageModelUnavailable,
    StoreUnavailable,
    TooManyRequests,
    Unavailable,
)
from cinedex.observability import logger

CONTENT_TYPE = "Content-Type"
MEDIA_TYPE_CHARS_MAX = 64
REQUEST_ID = "cinedex.request_id"
MESSAGES = {404: "No such route.", 405: "This route does not support this method."}


def register_exception_handlers(app: FastAPI) -> None:
    """For what routes raise. `RequestMiddleware` handles what is raised outside of routes."""
    app.add_exception_handler(CinedexError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    for aws_error in AWS_ERRORS:
        app.add_exception_handler(aws_error, _on_aws_error)


def error_response(error: CinedexError, scope: Scope) -> JSONResponse:
    path, request_id = scope["path"], scope.get(REQUEST_ID)
    if error.__cause__ is not None and isinstance(error, Unavailable):
        logger.warning("unavailable", exc_info=error, request_id=request_id, path=path)
    response = render(dialect_of(path).domain_error(error), path, request_id)
    if isinstance(error, TooManyRequests | StoreUnavailable | LanguageModelUnavailable):
        response.headers["retry-after"] = str(error.retry_after_s)
    return response


def internal_error(scope: Scope) -> JSONResponse:
    return internal_error_response(scope["path"], scope.get(REQUEST_ID))


def _on_domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CinedexError)
    return error_response(error, request.scope)


def expected_error(error: Exception) -> CinedexError | None:
    """The error of the domain that an exception is or means; None for a fault of the product."""
    if isinstance(error, CinedexError):
        return error
    unavailable = domain_error(error)
    if unavailable is not None:
        unavailable.__cause__ = error
    return unavailable


def _on_aws_error(request: Request, error: Exception) -> JSONResponse:
    """An error that does not mean "not now" is a fault of the product."""
    unavailable = expected_error(error)
    if unavailable is None:
        raise error
    return error_response(unavailable, request.scope)


def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = _undeclared_json(request, error.errors()) or problems_of(error.errors())
    first, path = problems[0], request.url.path
    details = [{"loc": list(problem.location), "msg": problem.message} for problem in problems]
    response = dialect_of(path).invalid_request(first.message, first.field, details)
    return render(response, path, request.scope.get(REQUEST_ID))


def _undeclared_json(request: Request, errors: Sequence[Any]) -> Sequence[Problem]:
    """The framework does not parse a body of another type, so that its text is compared with the model."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip()
    is_unparsed = any(tuple(e["loc"]) == ("body",) and isinstance(e.get("input"), bytes | str) for e in errors)
    if not is_unparsed or "json" in media_type.lower():
        return []
    declared = f"of type {media_type[:MEDIA_TYPE_CHARS_MAX]}" if media_type else "of no declared type"
    return [Problem(("header", CONTENT_TYPE), f"The body is {declared}. Send it with Content-Type: application/json.")]


def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    message = MESSAGES.get(error.status_code, str(error.detail))
    response = http_error_response(request.url.path, error.status_code, message, request.scope.get(REQUEST_ID))
    response.headers.update(error.headers or {})
    return response
