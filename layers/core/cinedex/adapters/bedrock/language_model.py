"""A language model of Amazon Bedrock, through the Converse API with streaming and tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import boto3
from botocore.config import Config
from botocore.eventstream import ParserError
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from urllib3.exceptions import HTTPError as BrokenConnection

from cinedex.adapters.bedrock.messages import converse_request
from cinedex.adapters.model_streams.retry import RetryableError, StreamRetryPolicy, retry_stream
from cinedex.adapters.model_streams.tool_call_accumulator import ToolCallAccumulator
from cinedex.kernel.errors import Unavailable
from cinedex.language_models.language_model import ModelMessage, ModelReply, StopReason, TokenUse, ToolSpec

RETRYABLE_ERRORS = {
    "throttlingexception",
    "modeltimeoutexception",
    "serviceunavailableexception",
    "modelnotreadyexception",
    "internalserverexception",
    "modelstreamerrorexception",
    "modelerrorexception",
}
"""In lower case, because error names inside a stream start with a lower-case letter."""

STOP_REASONS: dict[str, StopReason] = {
    "end_turn": "end_turn",
    "stop_sequence": "end_turn",
    "tool_use": "tool_use",
    "malformed_tool_use": "tool_use",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "guardrail_intervened": "refused",
    "content_filtered": "refused",
}


def bedrock_client(timeout_s: float, **options: Any) -> Any:
    """Without retries of its own: `retry_stream` handles errors before and inside a stream."""
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=timeout_s)
    return boto3.client("bedrock-runtime", config=config, **options)


class BedrockLanguageModel:
    """`model_id` is the id of a model or of an inference profile."""

    def __init__(self, client: Any, model_id: str, retry_policy: StreamRetryPolicy = StreamRetryPolicy()) -> None:
        self._client = client
        self._model_id = model_id
        self._retry_policy = retry_policy

    @property
    def name(self) -> str:
        return self._model_id

    def converse(
        self,
        system: str,
        messages: Sequence[ModelMessage],
        tools: Sequence[ToolSpec] = (),
        *,
        tokens_max: int,
        seconds_max: float,
    ) -> Iterator[str | ModelReply]:
        request = converse_request(self._model_id, system, messages, tools, tokens_max)
        yield from retry_stream(lambda _: self._send(request), self._retry_policy, seconds_max)

    def _send(self, request: dict[str, Any]) -> Iterator[str | ModelReply]:
        try:
            with closing(self._client.converse_stream(**request)["stream"]) as stream:
                yield from _replies(stream)
        except ClientError as error:
            raise _translated(error) from error
        except (HTTPClientError, BrokenConnection, ParserError) as error:
            raise RetryableError(f"Bedrock cannot be reached: {error}") from error
        except BotoCoreError as error:
            raise Unavailable(f"The request to Bedrock failed: {error}") from error


def _translated(error: ClientError) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    message = f"Bedrock returned an error: {error}"
    return RetryableError(message) if code.casefold() in RETRYABLE_ERRORS else Unavailable(message)


def _replies(stream: Iterator[dict[str, Any]]) -> Iterator[str | ModelReply]:
    """Raises `RetryableError` when the stream ends before the message is complete."""
    text, tools, tokens, stopped = "", ToolCallAccumulator(), TokenUse(), ""
    for event in stream:
        if "contentBlockStart" in event:
            _begin_tool(tools, event["contentBlockStart"])
        elif "contentBlockDelta" in event:
            if new := _delta(tools, event["contentBlockDelta"]):
                text += new
                yield new
        elif "messageStop" in event:
            stopped = event["messageStop"]["stopReason"]
        elif "metadata" in event:
            tokens = _tokens(event["metadata"])
    if not stopped:
        raise RetryableError("The stream of the language model ended early.")
    yield ModelReply(
        text=text, tool_uses=tools.tool_uses(), tokens=tokens, stop_reason=STOP_REASONS.get(stopped, "end_turn")
    )


def _begin_tool(tools: ToolCallAccumulator, start: dict[str, Any]) -> None:
    if use := start["start"].get("toolUse"):
        tools.add(start["contentBlockIndex"], use["toolUseId"], use["name"])


def _delta(tools: ToolCallAccumulator, event: dict[str, Any]) -> str:
    """The new text. Reasoning content, which some models also stream, is ignored."""
    delta = event["delta"]
    if "toolUse" in delta:
        tools.add(event["contentBlockIndex"], arguments=delta["toolUse"]["input"])
    return str(delta.get("text", ""))


def _tokens(metadata: dict[str, Any]) -> TokenUse:
    usage = metadata.get("usage", {})
    return TokenUse(input_tokens=usage.get("inputTokens", 0), output_tokens=usage.get("outputTokens", 0))
