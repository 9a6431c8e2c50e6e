"""The clients of the functions that analyze frames and that detect prompts."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from cinedex.adapters.aws_lambda.frame_analyzer import LambdaFrameAnalyzer
from cinedex.adapters.aws_lambda.prompted_detector import LambdaPromptedDetector
from cinedex.kernel.errors import InternalError, MediaError, Unavailable
from cinedex.kernel.span import span
from cinedex.timeline.modality import Modality

OBSERVATION = {"text": "a car", "span": {"start_s": 1.0, "end_s": 2.5}, "source": "objects"}
ANALYSIS = {"models": ["spotter@1"], "frame_times_s": [1.0, 2.5], "observations": [OBSERVATION]}


class Function:
    """A fake of the Lambda API: returns or raises what it is given, and records the last invocation."""

    def __init__(self, body: object = ANALYSIS, failure: Exception | None = None, broken: bool = False) -> None:
        self.ordered: dict[str, Any] = {}
        self._body, self._failure, self._broken = body, failure, broken

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        self.ordered = json.loads(Payload)
        if self._failure:
            raise self._failure
        answer: dict[str, Any] = {"Payload": io.BytesIO(json.dumps(self._body).encode())}
        return answer | ({"FunctionError": "Unhandled"} if self._broken else {})


def analyzer(function: Function) -> LambdaFrameAnalyzer:
    return LambdaFrameAnalyzer("AnalyzeFrames", function)  # type: ignore[arg-type]


def test_observations_have_their_times() -> None:
    function = Function()
    analysis = analyzer(function).analyze("https://store/clip", span(1, 3), 6.0)
    assert function.ordered == {"url": "https://store/clip", "start_s": 1.0, "end_s": 3.0, "seconds_max": 6.0}
    assert [(s.text, s.span, s.source) for s in analysis.observations] == [("a car", span(1.0, 2.5), Modality.OBJECTS)]


def test_a_response_of_an_earlier_version_is_read() -> None:
    response = {"models": ["spotter@1"], "frame_times_s": [1.0], "sights": [OBSERVATION]}
    analysis = analyzer(Function(response)).analyze("https://store/clip", span(1, 3), 6.0)
    assert [observation.text for observation in analysis.observations] == ["a car"]


@pytest.mark.parametrize(
    "failure",
    [EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), ReadTimeoutError(endpoint_url="http://127.0.0.1:1")],
)
def test_a_viewer_that_cannot_be_reached_is_unavailable(failure: Exception) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        analyzer(Function(failure=failure)).analyze("https://store/clip", span(1, 3), 6.0)


def test_an_unusable_file_is_distinguished_from_a_failed_function() -> None:
    corrupt = Function({"errorType": "CorruptMedia", "errorMessage": "It cannot be decoded."}, broken=True)
    with pytest.raises(MediaError, match="cannot be decoded"):
        analyzer(corrupt).analyze("https://store/clip", span(1, 3), 6.0)
    with pytest.raises(MediaError, match="cannot be decoded"):
        LambdaPromptedDetector("Segment", corrupt).detect("https://store/clip", span(1, 3), ("car",), 0.3)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="No weights"):
        analyzer(Function({"errorType": "EngineUnavailable", "errorMessage": "No weights."}, broken=True)).analyze(
            "https://store/clip", span(1, 3), 6.0
        )
    with pytest.raises(InternalError):
        analyzer(Function({"errorType": "KeyError"}, broken=True)).analyze("https://store/clip", span(1, 3), 6.0)


@pytest.mark.parametrize("kind", ["Sandbox.Timedout", "Runtime.OutOfMemory", "OutOfMemory"])
def test_a_function_that_used_up_a_limit_is_unavailable(kind: str) -> None:
    with pytest.raises(Unavailable, match="shorter range"):
        analyzer(Function({"errorType": kind}, broken=True)).analyze("https://store/clip", span(1, 3), 6.0)


@pytest.mark.parametrize("broken", [False, True])
def test_an_answer_that_cannot_be_read_is_an_internal_error_and_logged(
    caplog: pytest.LogCaptureFixture, broken: bool
) -> None:
    with pytest.raises(InternalError):
        analyzer(Function(["no observations"], broken=broken)).analyze("https://store/clip", span(1, 3), 6.0)
    assert "ValidationError" in (caplog.records[-1].exc_text or "")
