"""A language model that says what a test has written for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cinedex.kernel.errors import CinedexError
from cinedex.language_models.language_model import ModelMessage, ModelReply, TokenUse, ToolSpec, ToolUse

Line = ModelReply | CinedexError | Callable[[Sequence[ModelMessage]], ModelReply]


def calls(*uses: tuple[str, dict[str, Any]], text: str = "") -> ModelReply:
    tool_uses = tuple(ToolUse(tool_call_id=f"x{i}", name=name, arguments=given) for i, (name, given) in enumerate(uses))
    return ModelReply(
        text=text, tool_uses=tool_uses, tokens=TokenUse(input_tokens=100, output_tokens=10), stop_reason="tool_use"
    )


def says(text: str, **fields: Any) -> ModelReply:
    return ModelReply(text=text, tokens=TokenUse(input_tokens=100, output_tokens=10), **fields)


@dataclass
class ScriptedModel:
    """`LanguageModel`: one line of `script` for each call; the last is said again and again.

    Text comes in pieces of `piece` characters. An error is raised after the first piece of what stands before it.
    """

    script: Sequence[Line]
    piece: int = 7
    requests: list[tuple[ModelMessage, ...]] = field(default_factory=list)
    systems: list[str] = field(default_factory=list)
    given_s: list[float] = field(default_factory=list)

    name = "scripted"

    def converse(
        self,
        system: str,
        messages: Sequence[ModelMessage],
        tools: Sequence[ToolSpec] = (),
        *,
        tokens_max: int,
        seconds_max: float,
    ) -> Iterator[str | ModelReply]:
        line = self.script[min(len(self.requests), len(self.script) - 1)]
        self.requests.append(tuple(messages))
        self.systems.append(system)
        self.given_s.append(seconds_max)
        if isinstance(line, CinedexError):
            yield "The beginning of "
            raise line
        reply = line if isinstance(line, ModelReply) else line(messages)
        for start in range(0, len(reply.text), self.piece):
            yield reply.text[start : start + self.piece]
        yield reply


@dataclass
class SilentModel(ScriptedModel):
    """Says its script once; then, after `beginning`, nothing until `over` is set."""

    beginning: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def converse(
        self,
        system: str,
        messages: Sequence[ModelMessage],
        tools: Sequence[ToolSpec] = (),
        *,
        tokens_max: int,
        seconds_max: float,
    ) -> Iterator[str | ModelReply]:
        if len(self.requests) < len(self.script):
            yield from super().converse(system, messages, tools, tokens_max=tokens_max, seconds_max=seconds_max)
            return
        if self.beginning:
            yield self.beginning
        self.over.wait(20)
