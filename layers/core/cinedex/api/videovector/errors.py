"""Refusals in the VideoVector dialect: `{"error": {code, message, details, request_id, timestamp}}`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi.responses import JSONResponse

from cinedex.kernel import errors

PREFIX = "/api/v2"
STATUS: dict[type[errors.CinedexError], tuple[int, str]] = {
    errors.InvalidInput: (422, "validation_error"),
    errors.ImpossibleValue: (422, "validation_error"),
    errors.KeyReused: (409, "idempotency_request_mismatch"),
    errors.KeyConflict: (422, "idempotency_key_conflict"),
    errors.NotAuthenticated: (401, "authentication_invalid_api_key"),
    errors.NotPermitted: (403, "authorization_insufficient_scope"),
    errors.NotFound: (404, "resource_not_found"),
    errors.StateConflict: (409, "resource_conflict"),
    errors.RequestInProgress: (409, "idempotency_request_in_progress"),
    errors.TooLarge: (413, "validation_too_large"),
    errors.MediaError: (422, "validation_media_unusable"),
    errors.TooManyRequests: (429, "rate_limit_exceeded"),
    errors.InternalError: (500, "internal_error"),
    errors.Unavailable: (503, "service_unavailable"),
    errors.CinedexError: (500, "internal_error"),
}
KINDS = {
    "session_id": "chat_session",
    "turn_id": "chat_turn",
    "index_ids": "index",
    "index_id": "index",
    "group_id": "index",
    "prompt_run_ids": "prompt_run",
    "video_id": "video",
}
"""What a parameter names, for `resource_<kind>_not_found`."""
CODES = {
    401: "authentication_invalid_api_key",
    403: "authorization_insufficient_scope",
    404: "resource_not_found",
    405: "method_not_allowed",
    409: "resource_conflict",
    413: "validation_too_large",
    503: "service_unavailable",
}


def speaks(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def envelope(
    status: int, code: str, message: str, request_id: str | None, details: dict[str, Any] | None = None
) -> JSONResponse:
    error = {
        "code": code,
        "message": message,
        "details": details or {},
        "request_id": request_id,
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    return JSONResponse({"error": error}, status_code=status)


def error_response(error: errors.CinedexError, request_id: str | None) -> JSONResponse:
    status, code = next(STATUS[t] for t in type(error).__mro__ if t in STATUS)
    details: dict[str, Any] = {"param": error.field} if error.field else {}
    if error.details:
        details["problems"] = error.details
    if isinstance(error, errors.NotFound) and error.field in KINDS:
        code = f"resource_{KINDS[error.field]}_not_found"
    if isinstance(error, errors.BudgetExceeded):
        code, details = error.code, {"reset_time": error.resets_at.isoformat().replace("+00:00", "Z")}
    return envelope(status, code, error.message, request_id, details)


def invalid(problems: list[dict[str, Any]], message: str, request_id: str | None) -> JSONResponse:
    return envelope(422, "validation_error", message, request_id, {"problems": problems})


def refused(status: int, message: str, request_id: str | None) -> JSONResponse:
    """What the framework refuses."""
    code = CODES.get(status, "validation_error" if status < 500 else "internal_error")
    return envelope(status, code, message, request_id)
