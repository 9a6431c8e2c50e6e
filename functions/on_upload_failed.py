"""The retries of `on_media_created` or `fetch_media` are used up: the video says so."""

from __future__ import annotations

from typing import Any

from cinedex.adapters.s3_events import media_of
from cinedex.bootstrap.analysis import fail_upload
from cinedex.kernel.errors import INTERNAL_ERROR
from cinedex.observability import logger


def handler(event: dict[str, Any], context: object) -> None:
    """Takes Lambda's record of an asynchronous invocation that failed."""
    failure, order = event.get("responsePayload") or {}, event["requestPayload"]
    error = str(failure.get("errorType") or INTERNAL_ERROR)
    seen = {"function": event["requestContext"].get("functionArn"), "error_type": error}
    logger.error("the retries of an upload are used up", extra=seen | {"stack_trace": failure.get("stackTrace")})
    if "detail" in order:
        fail_upload().of_file(media_of(order["detail"]), error)
    else:
        fail_upload().of_download(order["account_id"], order["video_id"], error)
