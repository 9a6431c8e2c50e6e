"""Errors of the gateway itself, in the dialect of the path."""

from __future__ import annotations

from collections.abc import Iterable

from cinedex.api.dialects import dialect_of, http_error_response, internal_error_response, render
from cinedex.api.requests.query_parameters import require_known
from cinedex.kernel.errors import InvalidInput
from starlette.responses import Response

from local.functions.errors import NotAdmitted
from local.http_limits.request_body import TOO_SLOW
from local.own_address import Refusal

REQUEST_ID = "X-Request-ID"
NO_RATE_LIMIT = {
    "x-ratelimit-requests-limit": "0",
    "x-ratelimit-requests-remaining": "0",
    "x-ratelimit-requests-reset": "0",
    "retry-after": "0",
}


def not_found(path: str, request_id: str) -> Response:
    return _error(path, 404, "No such route.", request_id)


def unknown_method(path: str, request_id: str) -> Response:
    return _error(path, 405, "This route does not support this method.", request_id)


def refused_query(path: str, names: Iterable[str], request_id: str) -> Response | None:
    """For a route of the gateway without query parameters; None if there are none."""
    try:
        require_known(names, {})
    except InvalidInput as error:
        return _with_headers(render(dialect_of(path).domain_error(error), path, request_id), request_id)
    return None


def too_large(path: str, bytes_max: int, request_id: str) -> Response:
    message = f"The body exceeds {bytes_max} bytes. Upload large files with a presigned URL."
    return _error(path, 413, message, request_id)


def too_slow(path: str, request_id: str) -> Response:
    """The connection ends with it, because the rest of the body may follow."""
    response = _error(path, 408, TOO_SLOW, request_id)
    response.headers["connection"] = "close"
    return response


def refused(path: str, refusal: Refusal, request_id: str) -> Response:
    return _error(path, refusal.status, refusal.message, request_id)


def failed(path: str, request_id: str) -> Response:
    return _with_headers(internal_error_response(path, request_id), request_id)


def unavailable(path: str, request_id: str) -> Response:
    message = "This part of the system does not respond at the moment. Try again in a few seconds."
    response = _error(path, 503, message, request_id)
    response.headers["retry-after"] = "1"
    return response


def busy(path: str, error: NotAdmitted, request_id: str) -> Response:
    message = (
        f"{error.waiting} requests wait, and about {error.per_s:.0f} end per second. "
        f"Try again in {error.retry_after_s} s."
    )
    response = _error(path, 503, message, request_id)
    response.headers["retry-after"] = str(error.retry_after_s)
    return response


def too_many_bodies(path: str, request_id: str) -> Response:
    response = _error(path, 503, "Other large requests are being received. Try again in 5 s.", request_id)
    response.headers["retry-after"] = "5"
    return response


def timed_out(path: str, timeout_s: float, request_id: str) -> Response:
    message = f"The request did not end within {timeout_s:.0f} s and was stopped."
    return _error(path, 504, message, request_id)


def _error(path: str, status: int, message: str, request_id: str) -> Response:
    return _with_headers(http_error_response(path, status, message, request_id), request_id)


def _with_headers(response: Response, request_id: str) -> Response:
    response.headers.update({REQUEST_ID: request_id, **NO_RATE_LIMIT})
    return response
