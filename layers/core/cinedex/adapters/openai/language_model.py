"""A language model behind an OpenAI-compatible server: OpenAI, vLLM, llama.cpp or Ollama.

Implements streaming `POST /chat/completions`, including the variations of these servers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from httpx_sse import EventSource, SSEError

from cinedex.adapters.model_streams.retry import RetryableError, StreamRetryPolicy, retry_stream
from cinedex.adapters.model_streams.tool_call_accumulator import ToolCallAccumulator
from cinedex.adapters.openai.limited_stream import LimitedStream
from cinedex.adapters.openai.messages import chat_request
from cinedex.kernel.errors import Unavailable
from cinedex.language_models.language_model import ModelMessage, ModelReply, StopReason, TokenUse, ToolSpec

DONE = "[DONE]"
CONNECT_TIMEOUT_S = 5.0
RETRYABLE_STATUS = {408, 409, 425, 429, 500, 502, 503, 504, 529}
STOP_REASONS: dict[str, StopReason] = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "length": "max_tokens",
    "content_filter": "refused",
}


class OpenAiLanguageModel:
    """`base_url` ends before `/chat/completions`; an empty `api_key` is not sent."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str = "",
        *,
        timeout_s: float = 30.0,
        retry_policy: StreamRetryPolicy = StreamRetryPolicy(),
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S))
        self._timeout_s = timeout_s
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model = model
        self._retry_policy = retry_policy

    @property
    def name(self) -> str:
        return self._model

    def converse(
        self,
        system: str,
        messages: Sequence[ModelMessage],
        tools: Sequence[ToolSpec] = (),
        *,
        tokens_max: int,
        seconds_max: float,
    ) -> Iterator[str | ModelReply]:
        body = chat_request(self._model, system, messages, tools)
        # Newer models of OpenAI accept only the first name, and some other servers only the second.
        limit = "max_completion_tokens" if httpx.URL(self._url).host == "api.openai.com" else "max_tokens"
        request = body | {limit: tokens_max}
        yield from retry_stream(lambda left_s: self._send(request, left_s), self._retry_policy, seconds_max)

    def _send(self, body: dict[str, Any], left_s: float) -> Iterator[str | ModelReply]:
        silence_s, ends = min(self._timeout_s, left_s), time.monotonic() + left_s
        limits = httpx.Timeout(silence_s, connect=min(CONNECT_TIMEOUT_S, left_s))
        try:
            with self._client.stream("POST", self._url, json=body, timeout=limits) as response:
                response.stream = LimitedStream(response.stream, ends)
                _require_success(response)
                yield from _replies(EventSource(response))
        except httpx.ReadTimeout as error:
            raise RetryableError(f"The language model sent no reply in {silence_s:.3g} s.") from error
        except httpx.HTTPError as error:
            raise RetryableError(f"The language model cannot be reached: {error or type(error).__name__}") from error
        except SSEError as error:
            raise Unavailable("The server of the language model does not stream its replies.") from error


def _require_success(response: httpx.Response) -> None:
    if response.is_success:
        return
    body = response.read()[:300].decode(errors="replace")
    message = f"The language model returned status {response.status_code}: {body}"
    if response.status_code not in RETRYABLE_STATUS:
        raise Unavailable(message)
    raise RetryableError(message, _seconds(response.headers.get("retry-after", "")))


def _seconds(retry_after: str) -> float | None:
    """A date, which HTTP also allows, is ignored."""
    return float(retry_after) if retry_after.isdecimal() else None


def _replies(events: EventSource) -> Iterator[str | ModelReply]:
    reply = _ReplyBuilder()
    for event in events.iter_sse():
        if event.data == DONE:
            break
        if text := reply.add(_json_object(event.data)):
            yield text
    yield reply.build()


def _json_object(data: str) -> dict[str, Any]:
    """Invalid data, such as the comment of a proxy, is skipped."""
    try:
        value = json.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


class _ReplyBuilder:
    """Collects the chunks of one reply; servers omit empty fields or send them as null."""

    def __init__(self) -> None:
        self._text = ""
        self._tools = ToolCallAccumulator()
        self._tokens = TokenUse()
        self._finished: str | None = None

    def add(self, chunk: dict[str, Any]) -> str:
        """Returns the new text."""
        if error := chunk.get("error"):
            raise RetryableError(f"The language model reported an error: {json.dumps(error)[:300]}")
        if usage := chunk.get("usage"):
            self._tokens = TokenUse(
                input_tokens=usage.get("prompt_tokens") or 0, output_tokens=usage.get("completion_tokens") or 0
            )
        new = ""
        for choice in (chunk.get("choices") or [])[:1]:
            self._finished = choice.get("finish_reason") or self._finished
            new = self._delta(choice.get("delta") or {})
        self._text += new
        return new

    def _delta(self, delta: dict[str, Any]) -> str:
        for position, call in enumerate(delta.get("tool_calls") or []):
            function, index = call.get("function") or {}, call.get("index")
            arguments = function.get("arguments") or ""
            self._tools.add(
                position if index is None else index,
                call.get("id") or "",
                function.get("name") or "",
                arguments if isinstance(arguments, str) else json.dumps(arguments),
            )
        if delta.get("refusal"):
            self._finished = "content_filter"
        return delta.get("content") or ""

    def build(self) -> ModelReply:
        """Raises `RetryableError` when the stream ended without a finish reason."""
        if self._finished is None:
            raise RetryableError("The stream of the language model ended early.")
        stop = STOP_REASONS.get(self._finished, "end_turn")
        uses = self._tools.tool_uses()
        if uses and stop == "end_turn":
            stop = "tool_use"
        return ModelReply(text=self._text, tool_uses=uses, tokens=self._tokens, stop_reason=stop)
