"""Analyse frames with the function that runs the object detector and the text recogniser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import boto3

from cinedex.adapters.aws_lambda.invoke import invoke_json
from cinedex.adapters.time_limits import aws_config
from cinedex.detection.frame_analyzer import FrameAnalysis
from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

READ_TIMEOUT_S = 20.0


def lambda_client() -> LambdaClient:
    """Without retries: API Gateway times out after 29 s, and the answer can be given without the frames."""
    return boto3.client("lambda", config=aws_config(read_timeout_s=READ_TIMEOUT_S, attempts_max=1))


class LambdaFrameAnalyzer:
    """`FrameAnalyzer`."""

    def __init__(self, function_name: str, client: LambdaClient) -> None:
        self._function_name = function_name
        self._client = client

    def analyze(self, url: str, within: Span, seconds_max: float, clock: Sequence[ClockPiece] = ()) -> FrameAnalysis:
        request: dict[str, Any] = {
            "url": url,
            "start_s": within.start_s,
            "end_s": within.end_s,
            "seconds_max": seconds_max,
        }
        if clock:
            request["clock"] = [piece.model_dump(mode="json") for piece in clock]
        return invoke_json(self._client, self._function_name, request, FrameAnalysis, "The frame analyzer")
