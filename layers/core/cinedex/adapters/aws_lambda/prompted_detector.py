"""Detect the objects of prompts with the function that runs the detector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import boto3

from cinedex.adapters.aws_lambda.invoke import invoke_json
from cinedex.adapters.time_limits import aws_config
from cinedex.detection.prompted_detector import PromptedFrames
from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

READ_TIMEOUT_S = 26.0


def lambda_client() -> LambdaClient:
    """Without retries: API Gateway times out after 29 s."""
    return boto3.client("lambda", config=aws_config(read_timeout_s=READ_TIMEOUT_S, attempts_max=1))


class LambdaPromptedDetector:
    """`PromptedDetector`."""

    def __init__(self, function_name: str, client: LambdaClient) -> None:
        self._function_name = function_name
        self._client = client

    def detect(
        self, url: str, within: Span, prompts: tuple[str, ...], threshold: float, clock: Sequence[ClockPiece] = ()
    ) -> PromptedFrames:
        request: dict[str, Any] = {
            "url": url,
            "start_s": within.start_s,
            "end_s": within.end_s,
            "prompts": prompts,
            "threshold": threshold,
        }
        if clock:
            request["clock"] = [piece.model_dump(mode="json") for piece in clock]
        return invoke_json(self._client, self._function_name, request, PromptedFrames, "The detector")
