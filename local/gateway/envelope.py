"""The error envelope of the API, in the dialect of the path, for what the gateway itself must refuse."""

from __future__ import annotations

from cinedex.api.videovector import errors as videovector
from starlette.responses import JSONResponse, Response

REQUEST_ID = "X-Request-ID"
NOTHING_COUNTED = {
    "x-ratelimit-requests-limit": "0",
    "x-ratelimit-requests-remaining": "0",
    "x-ratelimit-requests-reset": "0",
    "retry-after": "0",
}


def refuse(path: str, status: int, type_: str, message: str, request_id: str) -> Response:
    """An error as the API words it: `{"error": {"type": …, "message": …}}`, or as VideoVector does below `/api/v2`."""
    if videovector.speaks(path):
        response: Response = videovector.refused(status, message, request_id)
    else:
        response = JSONResponse({"error": {"type": type_, "message": message}}, status)
    response.headers.update({REQUEST_ID: request_id, **NOTHING_COUNTED})
    return response


def not_found(path: str, request_id: str) -> Response:
    return refuse(path, 404, "not_found_error", f"There is nothing at {path}.", request_id)


def unknown_method(path: str, request_id: str) -> Response:
    return refuse(path, 405, "validation_error", "This route does not know that method.", request_id)


def too_large(path: str, bytes_max: int, request_id: str) -> Response:
    message = f"The body is over {bytes_max} bytes. Large files go straight to storage: ask for an upload URL."
    return refuse(path, 413, "validation_error", message, request_id)


def failed(path: str, request_id: str) -> Response:
    message = f"Something failed on our side. The logs tell more under the request id {request_id}."
    return refuse(path, 500, "server_error", message, request_id)


def unavailable(path: str, request_id: str) -> Response:
    message = "This part of the system does not answer at the moment. Try again in a moment."
    response = refuse(path, 503, "server_error", message, request_id)
    response.headers["retry-after"] = "1"
    return response
