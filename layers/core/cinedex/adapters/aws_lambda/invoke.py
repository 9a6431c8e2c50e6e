"""Orders to a function that runs models, and its failures as errors of the domain."""

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
"""Error types of a function that has used up its memory or its time."""

Reply = TypeVar("Reply", bound=BaseModel)


class FunctionFailure(BaseModel):
    """What Lambda answers when a function has raised an exception or ended."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    error_type: str = Field(default="", alias="errorType")
    message: str = Field(default="", alias="errorMessage")
    stack_trace: tuple[str, ...] = Field(default=(), alias="stackTrace")


def invoke_json(
    client: LambdaClient, function_name: str, order: Mapping[str, Any], reply: type[Reply], who: str
) -> Reply:
    """What the function answers to `order`; `who` is its name in a sentence.

    Raises `MediaError` when the function says that the file is at fault, `Unavailable` when it cannot be reached, lacks
    an engine or has used up a limit, and `InternalError`, which it logs, for all else.
    """
    try:
        answer = client.invoke(FunctionName=function_name, Payload=json.dumps(order).encode())
        body = answer["Payload"].read()
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"{who} cannot be reached.") from error
    if "FunctionError" in answer:
        raise _failure(_read(FunctionFailure, body, who), who)
    return _read(reply, body, who)


def _read(kind: type[Reply], body: bytes, who: str) -> Reply:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        logger.exception("a function's answer cannot be read", extra={"function": who})
        raise InternalError from error


def _failure(told: FunctionFailure, who: str) -> Exception:
    if told.error_type in MEDIA_ERRORS:
        return MediaError(MEDIA_ERRORS[told.error_type], told.message)
    if told.error_type == "EngineUnavailable":
        return Unavailable(told.message)
    if told.error_type in LIMITS:
        return Unavailable(f"{who} used up its time or memory; try again, or a shorter range.")
    seen = {"function": who, "error_type": told.error_type, "reason": told.message}
    logger.error("a function failed", extra=seen | {"stack_trace": "".join(told.stack_trace)})
    return InternalError()
