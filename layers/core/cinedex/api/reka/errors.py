"""Errors of the Reka dialect: `{"error": {type, message, param, details}}`."""

from __future__ import annotations

from cinedex.api.dialect import Json, WireError
from cinedex.kernel import errors
from cinedex.library.domain.feature import Feature

CODES: dict[type[errors.CinedexError], tuple[int, str]] = {
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
    errors.StorageFull: (507, "server_error"),
    errors.Unavailable: (503, "server_error"),
    errors.AnalysisFailed: (500, "server_error"),
    errors.CinedexError: (500, "server_error"),
}
HTTP_CODES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 409: "conflict_error"}
MESSAGES: dict[type[errors.CinedexError], str] = {
    errors.CollectionNotFound: "No such video group{which}",
    errors.CollectionNameTaken: "A video group named {name!r} already exists.",
}
SAME_NAME = (
    "account_id",
    "checksum_sha256",
    "cursor",
    "delivery_id",
    "webhook_id",
    "datetime_to",
    "encoding",
    "expires_at",
    "fields",
    "file",
    "job_id",
    "key_id",
    "message",
    "messages",
    "metadata",
    "name",
    "page_limit",
    "page_token",
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
    "video_id",
    "video_ids",
)
"""Fields of the domain whose wire name is the same."""
FIELDS = {
    **{name: name for name in SAME_NAME},
    **{feature.value: feature.value for feature in Feature},
    "collection_id": "group_id",
    "collection_name": "group_name",
    "target_id": "target_group_id",
    "collection_ids": "group_ids",
    "end_s": "end",
    "features": "desired",
    "first_day": "from",
    "idempotency_key": "Idempotency-Key",
    "language": "chunking_config.language",
    "translate_to": "chunking_config.translate_to",
    "audio_track": "chunking_config.audio_track",
    "start_s": "start",
    "url": "video_url",
    "video_ranges": "context",
}
"""Field of the domain -> wire name, for the field that an error names. Schemas have the names of bodies."""
SCHEMA: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "message"],
            "properties": {
                "type": {
                    "type": "string",
                    "enum": [
                        "validation_error",
                        "authentication_error",
                        "permission_error",
                        "not_found_error",
                        "conflict_error",
                        "rate_limit_error",
                        "server_error",
                    ],
                },
                "message": {"type": "string"},
                "param": {"type": "string", "description": "The parameter that caused the error, if there is one."},
                "details": {"type": "array", "items": {}},
            },
        }
    },
}


def body(error: WireError, request_id: str | None) -> Json:
    content: Json = {"type": error.code, "message": error.message}
    if error.field:
        content["param"] = error.field
    if error.details:
        content["details"] = list(error.details)
    return {"error": content}
