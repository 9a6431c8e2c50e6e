"""Detect the objects of prompts with the function that runs the detector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cinedex.adapters.aws_lambda.invoke import invoke_json
from cinedex.detection.prompted_detector import PromptedFrames
from cinedex.kernel.span import Span

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class LambdaPromptedDetector:
    """`PromptedDetector`."""

    def __init__(self, function_name: str, client: LambdaClient) -> None:
        self._function_name = function_name
        self._client = client

    def detect(self, url: str, within: Span, prompts: tuple[str, ...], threshold: float) -> PromptedFrames:
        request = {
            "url": url,
            "start_s": within.start_s,
            "end_s": within.end_s,
            "prompts": prompts,
            "threshold": threshold,
        }
        return invoke_json(self._client, self._function_name, request, PromptedFrames, "The detector")
