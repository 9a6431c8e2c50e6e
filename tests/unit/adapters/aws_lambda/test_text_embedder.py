"""The client of the function that embeds texts."""

from __future__ import annotations

import io
import json
import socket
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cinedex.adapters.aws_lambda.text_embedder import ATTEMPTS_MAX, READ_TIMEOUT_S, LambdaTextEmbedder, lambda_client
from cinedex.kernel.errors import InternalError, Unavailable

GATEWAY_S_MAX = 29


class Function:
    """A fake of the Lambda API: records invocations, and returns or raises what it is given."""

    def __init__(self, *, body: object = None, failure: Exception | None = None, broken: bool = False) -> None:
        self.requests: list[list[str]] = []
        self._body, self._failure, self._broken = body, failure, broken

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "EmbedQuery"
        self.requests.append(json.loads(Payload)["texts"])
        if self._failure:
            raise self._failure
        body = self._body or {"model": "m", "dimension": 2, "vectors": [[1.0, 0.0]] * len(self.requests[-1])}
        answer: dict[str, Any] = {"Payload": io.BytesIO(json.dumps(body).encode())}
        return answer | ({"FunctionError": "Unhandled"} if self._broken else {})


def embedder(function: Function) -> LambdaTextEmbedder:
    return LambdaTextEmbedder("EmbedQuery", function)  # type: ignore[arg-type]


def test_texts_become_vectors_of_a_named_model() -> None:
    vectors = embedder(Function()).embed(["cat", "dog"])
    assert (vectors.model, vectors.vectors) == ("m", ((1.0, 0.0), (1.0, 0.0)))


def test_the_vector_of_a_recent_query_is_cached() -> None:
    function = Function()
    remembering = embedder(function)
    assert remembering.embed(["cat"]) == remembering.embed(["cat"])
    remembering.embed(["dog"])
    assert function.requests == [["cat"], ["dog"]]


def test_a_failure_is_not_remembered() -> None:
    function = Function(broken=True)
    failing = embedder(function)
    for _ in range(2):
        with pytest.raises(InternalError):
            failing.embed(["cat"])
    assert len(function.requests) == 2


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "slow down"}}, "Invoke"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ],
)
def test_a_function_that_cannot_be_reached_is_unavailable(failure: Exception) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        embedder(Function(failure=failure)).embed(["cat"])


def test_a_hanging_function_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with pytest.raises(Unavailable, match="cannot be reached"):
            LambdaTextEmbedder("EmbedQuery", lambda_client(read_timeout_s=0.1)).embed(["cat"])


def test_two_models_that_hang_leave_time_to_answer_with_words() -> None:
    assert 2 * READ_TIMEOUT_S * ATTEMPTS_MAX < GATEWAY_S_MAX


@pytest.mark.parametrize("body", [{"oops": 1}, [1], {"model": "m", "vectors": [[1.0]]}, {"model": "m", "vectors": "x"}])
def test_an_answer_that_holds_no_vectors_is_an_internal_error(body: object) -> None:
    with pytest.raises(InternalError):
        embedder(Function(body=body)).embed(["cat", "dog"])
