"""VideoVector as a dialect of the HTTP API."""

from __future__ import annotations

from cinedex.api.dialect import Dialect
from cinedex.api.videovector import errors
from cinedex.kernel.errors import CinedexError, InvalidInput

VIDEOVECTOR = Dialect(
    path_prefix="/api/v2",
    codes=errors.CODES,
    messages=errors.MESSAGES,
    fields=errors.FIELDS,
    http_codes=errors.HTTP_CODES,
    malformed=errors.CODES[InvalidInput],
    fault=errors.CODES[CinedexError],
    body=errors.body,
    schema_name="VideoVectorError",
    schema=errors.SCHEMA,
    post_parameters=lambda _: [],  # its routes declare their idempotency keys themselves
)
