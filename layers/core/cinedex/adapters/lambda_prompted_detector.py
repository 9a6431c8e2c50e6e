"""Boxes for prompts from the function that holds the detector."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from cinedex.domain.errors import MediaError, MediaErrorCode, Unavailable
from cinedex.domain.span import Span
from cinedex.ports.prompted_detector import PromptedFrames

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

MEDIA_ERRORS: dict[str, MediaErrorCode] = {"CorruptMedia": "corrupt_media", "UnsupportedMedia": "unsupported_media"}


class LambdaPromptedDetector:
    """`PromptedDetector`."""

    def __init__(self, function_name: str, client: LambdaClient) -> None:
        self._function_name = function_name
        self._client = client

    def detect(self, url: str, within: Span, prompts: tuple[str, ...], threshold: float) -> PromptedFrames:
        order = {
            "url": url,
            "start_s": within.start_s,
            "end_s": within.end_s,
            "prompts": prompts,
            "threshold": threshold,
        }
        try:
            answer = self._client.invoke(FunctionName=self._function_name, Payload=json.dumps(order).encode())
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"The detector cannot be reached: {error}") from error
        body = answer["Payload"].read()
        if "FunctionError" in answer:
            raise _failure(json.loads(body))
        return _read(body)


def _failure(told: dict[str, Any]) -> Exception:
    """Lambda tells the class and the message of what a function raised."""
    kind, message = str(told.get("errorType")), str(told.get("errorMessage"))
    if kind in MEDIA_ERRORS:
        return MediaError(MEDIA_ERRORS[kind], message)
    return Unavailable("The detector failed; try again, or a shorter range.")


def _read(body: bytes) -> PromptedFrames:
    try:
        return PromptedFrames.model_validate_json(body)
    except ValidationError as error:
        raise Unavailable("The detector answered with something else than boxes.") from error
