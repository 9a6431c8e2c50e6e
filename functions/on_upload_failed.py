"""The retries of `on_media_created` or `fetch_media` are used up: the video stores why its upload has failed."""

from __future__ import annotations

from cinedex.adapters.s3_events import ObjectCreatedEvent
from cinedex.bootstrap.analysis import fail_upload
from cinedex.kernel.errors import INTERNAL_ERROR
from cinedex.library.ports.media_fetcher import FetchMediaEvent
from cinedex.observability import lambda_handler, logger
from pydantic import BaseModel, Field


class FailedFunction(BaseModel):
    arn: str | None = Field(default=None, alias="functionArn")


class FunctionError(BaseModel):
    error_type: str | None = Field(default=None, alias="errorType")
    stack_trace: list[str] | None = Field(default=None, alias="stackTrace")


class UploadFailedEvent(BaseModel):
    """Lambda's record of an asynchronous invocation that failed; `payload` is the event of that invocation."""

    failed: FailedFunction = Field(alias="requestContext")
    payload: ObjectCreatedEvent | FetchMediaEvent = Field(alias="requestPayload")
    response: FunctionError | None = Field(default=None, alias="responsePayload")

    @property
    def account_id(self) -> str | None:
        return self.payload.account_id

    @property
    def video_id(self) -> str | None:
        return self.payload.video_id


@lambda_handler(UploadFailedEvent)
def handler(event: UploadFailedEvent) -> None:
    response = event.response or FunctionError()
    error = response.error_type or INTERNAL_ERROR
    seen = {"failed_function": event.failed.arn, "error_type": error, "stack_trace": response.stack_trace}
    logger.error("the retries of an upload are used up", extra=seen)
    if isinstance(event.payload, ObjectCreatedEvent):
        fail_upload().of_file(event.payload.media, error)
    else:
        fail_upload().of_download(event.payload.account_id, event.payload.video_id, error)
