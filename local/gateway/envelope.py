"""The error envelope that every answer of the API uses, for what the gateway itself must refuse."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

REQUEST_ID = "X-Request-ID"
NOTHING_COUNTED = {
    "x-ratelimit-requests-limit": "0",
    "x-ratelimit-requests-remaining": "0",
    "x-ratelimit-requests-reset": "0",
    "retry-after": "0",
}


def refuse(status: int, type_: str, message: str, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """An error as the API words it: `{"error": {"type": …, "message": …}}`."""
    return JSONResponse(
        {"error": {"type": type_, "message": message}},
        status,
        {REQUEST_ID: request_id, **NOTHING_COUNTED, **(headers or {})},
    )


def not_found(path: str, request_id: str) -> Response:
    return refuse(404, "not_found_error", f"There is nothing at {path}.", request_id)


def too_large(bytes_max: int, request_id: str) -> Response:
    message = f"The body is over {bytes_max} bytes. Large files go straight to storage: ask for an upload URL."
    return refuse(413, "validation_error", message, request_id)


def failed(request_id: str) -> Response:
    message = f"Something failed on our side. The logs tell more under the request id {request_id}."
    return refuse(500, "server_error", message, request_id)


def unavailable(request_id: str) -> Response:
    message = "This part of the system does not answer at the moment. Try again in a moment."
    return refuse(503, "server_error", message, request_id, {"retry-after": "1"})
