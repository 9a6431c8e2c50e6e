"""Errors of the VideoVector dialect: `{"error": {code, message, details, request_id, timestamp}}`."""

from __future__ import annotations

from datetime import UTC, datetime

from cinedex.api.dialect import Json, WireError
from cinedex.kernel import errors
from cinedex.library.domain.feature import Feature

CODES: dict[type[errors.CinedexError], tuple[int, str]] = {
    errors.InvalidInput: (422, "validation_error"),
    errors.ImpossibleValue: (422, "validation_error"),
    errors.KeyReused: (409, "idempotency_request_mismatch"),
    errors.KeyConflict: (422, "idempotency_key_conflict"),
    errors.NotAuthenticated: (401, "authentication_invalid_api_key"),
    errors.NotPermitted: (403, "authorization_insufficient_scope"),
    errors.NotFound: (404, "resource_not_found"),
    errors.VideoNotFound: (404, "resource_video_not_found"),
    errors.CollectionNotFound: (404, "resource_index_not_found"),
    errors.JobNotFound: (404, "resource_not_found"),
    errors.SessionNotFound: (404, "resource_chat_session_not_found"),
    errors.TurnNotFound: (404, "resource_chat_turn_not_found"),
    errors.PromptRunNotFound: (404, "resource_prompt_run_not_found"),
    errors.WebhookNotFound: (404, "resource_webhook_not_found"),
    errors.StateConflict: (409, "resource_conflict"),
    errors.RequestInProgress: (409, "idempotency_request_in_progress"),
    errors.TooLarge: (413, "validation_too_large"),
    errors.MediaError: (422, "validation_media_unusable"),
    errors.TooManyRequests: (429, "rate_limit_exceeded"),
    errors.TurnBudgetExceeded: (429, "llm_user_budget_exceeded"),
    errors.TokenBudgetExceeded: (429, "llm_daily_budget_exceeded"),
    errors.InternalError: (500, "internal_error"),
    errors.StorageFull: (507, "insufficient_storage"),
    errors.Unavailable: (503, "service_unavailable"),
    errors.AnalysisFailed: (500, "internal_error"),
    errors.CinedexError: (500, "internal_error"),
}
HTTP_CODES = {
    401: "authentication_invalid_api_key",
    403: "authorization_insufficient_scope",
    404: "resource_not_found",
    405: "method_not_allowed",
    409: "resource_conflict",
    413: "validation_too_large",
    503: "service_unavailable",
    507: "insufficient_storage",
}
MESSAGES: dict[type[errors.CinedexError], str] = {
    errors.CollectionNotFound: "No such index{which}",
    errors.CollectionNameTaken: "An index named {name!r} already exists.",
}
SAME_NAME = (
    "account_id",
    "audio_track",
    "checksum_sha256",
    "cursor",
    "delivery_id",
    "webhook_id",
    "datetime_to",
    "encoding",
    "expires_at",
    "features",
    "fields",
    "file",
    "first_day",
    "idempotency_key",
    "job_id",
    "key_id",
    "language",
    "translate_to",
    "message",
    "messages",
    "metadata",
    "name",
    "page_limit",
    "parts",
    "path",
    "prompt_run_id",
    "prompt_run_ids",
    "query",
    "retention_days",
    "run_id",
    "scope",
    "session_id",
    "size_bytes",
    "source",
    "subtitle_id",
    "timestamp_from",
    "timestamp_to",
    "title",
    "turn_id",
    "upload_id",
    "url",
    "video_id",
    "video_ids",
    "video_ranges",
)
"""Fields of the domain whose wire name is the same."""
FIELDS = {
    **{name: name for name in SAME_NAME},
    **{feature.value: feature.value for feature in Feature},
    "collection_id": "index_id",
    "collection_name": "index_name",
    "target_id": "target_index_id",
    "collection_ids": "index_ids",
    "end_s": "end_time",
    "page_token": "cursor",
    "start_s": "start_time",
}
"""Field of the domain -> wire name, for the field that an error names. Schemas have the names of bodies."""
SCHEMA: Json = {
    "type": "object",
    "description": "The body of every error below /api/v2.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details", "request_id", "timestamp"],
            "properties": {
                "code": {"type": "string", "description": "Stable, such as `resource_chat_session_not_found`."},
                "message": {"type": "string"},
                "details": {"type": "object"},
                "request_id": {"type": ["string", "null"]},
                "timestamp": {"type": "string", "format": "date-time"},
            },
        }
    },
}


def body(error: WireError, request_id: str | None) -> Json:
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "details": _details(error),
            "request_id": request_id,
            "timestamp": _iso(datetime.now(UTC)),
        }
    }


def _details(error: WireError) -> Json:
    if isinstance(error.cause, errors.BudgetExceeded):
        return {"reset_time": _iso(error.cause.resets_at)}
    param = {"param": error.field} if error.field else {}
    return param | ({"problems": list(error.details)} if error.details else {})


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
