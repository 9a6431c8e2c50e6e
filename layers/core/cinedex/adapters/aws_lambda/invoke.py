"""Invoke a function that runs models, and translate its failures into domain errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cinedex.kernel.errors import InternalError, MediaError, MediaErrorCode, Unavailable
from cinedex.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

MEDIA_ERRORS: dict[str, MediaErrorCode] = {"CorruptMedia": "corrupt_media", "UnsupportedMedia": "unsupported_media"}
LIMITS = ("OutOfMemory", "Runtime.OutOfMemory", "Sandbox.Timedout")
"""Error types of a function that exceeded its memory or time limit."""

ResponseT = TypeVar("ResponseT", bound=BaseModel)


class FunctionFailure(BaseModel):
    """The response of Lambda when a function raised an exception or was terminated."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    error_type: str = Field(default="", alias="errorType")
    message: str = Field(default="", alias="errorMessage")
    stack_trace: tuple[str, ...] = Field(default=(), alias="stackTrace")


def invoke_json(
    client: LambdaClient, function_name: str, payload: Mapping[str, Any], reply: type[ResponseT], name: str
) -> ResponseT:
    """The response of the function; `name` is used in error messages.

    Raises `MediaError` when the function cannot use the file, `Unavailable` when it cannot be reached, has no engine or
    exceeds a limit, and `InternalError`, with a log entry, for other failures.
    """
    try:
        response = client.invoke(FunctionName=function_name, Payload=json.dumps(payload).encode())
        body = response["Payload"].read()
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"{name} cannot be reached.") from error
    if "FunctionError" in response:
        raise _failure(_read(FunctionFailure, body, name), name)
    return _read(reply, body, name)


def _read(kind: type[ResponseT], body: bytes, name: str) -> ResponseT:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        logger.exception("invalid response of a function", extra={"function": name})
        raise InternalError from error


def _failure(failure: FunctionFailure, name: str) -> Exception:
    if failure.error_type in MEDIA_ERRORS:
        return MediaError(MEDIA_ERRORS[failure.error_type], failure.message)
    if failure.error_type == "EngineUnavailable":
        return Unavailable(failure.message)
    if failure.error_type in LIMITS:
        return Unavailable(f"{name} exceeded its time or memory limit. Try again, or use a shorter range.")
    details = {"function": name, "error_type": failure.error_type, "reason": failure.message}
    logger.error("a function failed", extra=details | {"stack_trace": "".join(failure.stack_trace)})
    return InternalError()
