"""S3 "Object Created" under uploads/: the file is probed, and its video becomes `uploaded` or `failed`."""

from __future__ import annotations

from cinedex.adapters.s3_events import ObjectCreatedEvent
from cinedex.bootstrap.analysis import register_media
from cinedex.observability import lambda_handler


@lambda_handler(ObjectCreatedEvent)
def handler(event: ObjectCreatedEvent) -> None:
    register_media()(event.media)
