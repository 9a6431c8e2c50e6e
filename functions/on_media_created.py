"""S3 "Object Created" under uploads/: the file is probed and its video becomes `uploaded` or `failed`."""

from __future__ import annotations

from typing import Any

from cinedex.adapters.s3_events import media_of
from cinedex.bootstrap.analysis import register_media


def handler(event: dict[str, Any], context: object) -> None:
    register_media()(media_of(event["detail"]))
