"""Boxes for prompts from the function that holds the detector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cinedex.adapters.lambda_order import order_from
from cinedex.domain.span import Span
from cinedex.ports.prompted_detector import PromptedFrames

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


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
        return order_from(self._client, self._function_name, order, PromptedFrames, "The detector")
