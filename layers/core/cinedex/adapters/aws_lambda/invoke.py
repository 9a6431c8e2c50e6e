"""Orders to a function that looks into a file, and its failures as errors of the domain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError

from cinedex.kernel.errors import MediaError, MediaErrorCode, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

MEDIA_ERRORS: dict[str, MediaErrorCode] = {"CorruptMedia": "corrupt_media", "UnsupportedMedia": "unsupported_media"}

Reply = TypeVar("Reply", bound=BaseModel)


def invoke_json(
    client: LambdaClient, function_name: str, order: Mapping[str, Any], reply: type[Reply], who: str
) -> Reply:
    """What the function answers to `order`; `who` is its name in a sentence.

    Raises `MediaError` when the file is at fault, `Unavailable` for all else.
    """
    try:
        answer = client.invoke(FunctionName=function_name, Payload=json.dumps(order).encode())
        body = answer["Payload"].read()
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"{who} cannot be reached.") from error
    if "FunctionError" in answer:
        raise _failure(json.loads(body), who)
    try:
        return reply.model_validate_json(body)
    except ValidationError as error:
        raise Unavailable(f"{who} answered with something else than a {reply.__name__}.") from error


def _failure(told: dict[str, Any], who: str) -> Exception:
    """Lambda tells the class and the message of what a function raised."""
    kind, message = str(told.get("errorType")), str(told.get("errorMessage"))
    if kind in MEDIA_ERRORS:
        return MediaError(MEDIA_ERRORS[kind], message)
    if kind == "EngineUnavailable":
        return Unavailable(message)
    return Unavailable(f"{who} failed; try again, or a shorter range.")
