"""Frames looked at again by the function that holds the detector and the text reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from cinedex.adapters.lambda_order import order_from
from cinedex.domain.span import Span
from cinedex.ports.frame_viewer import Viewed

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

WAIT_S_MAX = 20.0


def patient_client() -> LambdaClient:
    """Who asks has 29 seconds: better an answer without the frames than none, so nothing is tried twice."""
    return boto3.client("lambda", config=Config(read_timeout=WAIT_S_MAX, retries={"total_max_attempts": 1}))


class LambdaFrameViewer:
    """`FrameViewer`."""

    def __init__(self, function_name: str, client: LambdaClient) -> None:
        self._function_name = function_name
        self._client = client

    def view(self, url: str, within: Span, seconds_max: float) -> Viewed:
        order = {"url": url, "start_s": within.start_s, "end_s": within.end_s, "seconds_max": seconds_max}
        return order_from(self._client, self._function_name, order, Viewed, "The viewer")
