"""Reka Vision v2 as a dialect of the HTTP API."""

from __future__ import annotations

from cinedex.api.dialect import Dialect, Json
from cinedex.api.reka import errors
from cinedex.kernel.errors import CinedexError, InvalidInput

IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "A repeated request with the same key gets the first response for 24 hours and changes nothing.",
}
METERING: Json = {
    "name": "X-Enable-Overwrite-Metering",
    "in": "header",
    "required": False,
    "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "description": "Accepted, without effect.",
}
METERED_ENDINGS = ("/search", "/chat", "/chat/stream", "/segment", "/features/{feature}", "/features")


def post_parameters(path: str) -> list[Json]:
    return [IDEMPOTENCY_KEY, METERING] if path.endswith(METERED_ENDINGS) else [IDEMPOTENCY_KEY]


REKA = Dialect(
    path_prefix="/v2",
    codes=errors.CODES,
    messages=errors.MESSAGES,
    fields=errors.FIELDS,
    http_codes=errors.HTTP_CODES,
    malformed=errors.CODES[InvalidInput],
    fault=errors.CODES[CinedexError],
    body=errors.body,
    schema_name="Error",
    schema=errors.SCHEMA,
    post_parameters=post_parameters,
)
