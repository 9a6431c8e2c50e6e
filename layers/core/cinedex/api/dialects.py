"""Which dialect answers a path, and error responses in it."""

from __future__ import annotations

from starlette.responses import JSONResponse

from cinedex.api.dialect import Dialect, WireError
from cinedex.api.reka.dialect import REKA
from cinedex.api.videovector.dialect import VIDEOVECTOR

DIALECTS = (VIDEOVECTOR, REKA)
"""The first that covers a path answers it. The last also answers paths that belong to no API, such as `/health`."""


def dialect_of(path: str) -> Dialect:
    return next((d for d in DIALECTS if d.covers(path)), DIALECTS[-1])


def render(error: WireError, path: str, request_id: str | None) -> JSONResponse:
    return JSONResponse(dialect_of(path).body(error, request_id), status_code=error.status)


def http_error_response(path: str, status: int, message: str, request_id: str | None) -> JSONResponse:
    """For errors without a domain error, such as an unknown route or method."""
    return render(dialect_of(path).http_error(status, message), path, request_id)


def internal_error_response(path: str, request_id: str | None) -> JSONResponse:
    """For an exception that is no error of the domain."""
    message = f"An internal error occurred; the log has its traceback under the request id {request_id}."
    return http_error_response(path, 500, message, request_id)
