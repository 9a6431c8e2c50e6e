"""The port for language models that can call tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

StopReason = Literal["end_turn", "tool_use", "max_tokens", "refused"]


class ToolSpec(BaseModel):
    """A tool that the model may call; `input_schema` is a JSON Schema whose root is an object."""

    model_config = ConfigDict(frozen=True)

    name: str
    description: str
    input_schema: dict[str, Any]


class ToolUse(BaseModel):
    """A tool call of the model; `malformed` is the text of its arguments when they are not a JSON object."""

    model_config = ConfigDict(frozen=True)

    tool_call_id: str
    name: str
    arguments: dict[str, Any] = {}
    malformed: str | None = None


class ToolOutcome(BaseModel):
    """The result of a tool call as text for the model."""

    model_config = ConfigDict(frozen=True)

    tool_call_id: str
    content: str
    is_error: bool = False


class ModelMessage(BaseModel):
    """`tool_uses` only in assistant messages, `tool_outcomes` only in user messages."""

    model_config = ConfigDict(frozen=True)

    role: Literal["user", "assistant"]
    text: str = ""
    tool_uses: tuple[ToolUse, ...] = ()
    tool_outcomes: tuple[ToolOutcome, ...] = ()


class TokenUse(BaseModel):
    """As reported by the server of the model; 0 when it reports none."""

    model_config = ConfigDict(frozen=True)

    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)

    def __add__(self, other: TokenUse) -> TokenUse:
        return TokenUse(
            input_tokens=self.input_tokens + other.input_tokens, output_tokens=self.output_tokens + other.output_tokens
        )


class ModelReply(BaseModel):
    """A complete reply of the model."""

    model_config = ConfigDict(frozen=True)

    text: str
    tool_uses: tuple[ToolUse, ...] = ()
    tokens: TokenUse = TokenUse()
    stop_reason: StopReason = "end_turn"


class LanguageModel(Protocol):
    @property
    def name(self) -> str: ...

    def converse(
        self,
        system: str,
        messages: Sequence[ModelMessage],
        tools: Sequence[ToolSpec] = (),
        *,
        tokens_max: int,
        seconds_max: float,
    ) -> Iterator[str | ModelReply]:
        """Pieces of text as they arrive, and at the end the complete reply, exactly once.

        The adapter retries throttled requests, and ends a wait for the server after `seconds_max` at the latest, with
        all retries. Raises `LanguageModelUnavailable` when the model is silent, down or throttled for too long, and
        `Unavailable` when it refuses the request; text yielded before that is not reliable.
        """
