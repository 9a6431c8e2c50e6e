"""Where a turn stands: what was said, found and spent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cinedex.answers.domain.agent import AgentStats, AgentTask, ToolCall, ToolRun
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.limits import AgentBounds
from cinedex.answers.usecases.agent.prompt import LAST_CALL, opening, step_messages
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.language_models.language_model import ModelMessage, ModelReply, TokenUse, ToolUse

CHARS_PER_TOKEN = 4  # roughly, in English; used where a server does not count


@dataclass
class AgentState:
    library: ScopedLibrary
    bounds: AgentBounds
    started: datetime
    messages: list[ModelMessage]
    found: EvidenceRegistry
    step: int
    calls: int
    spent: TokenUse = field(default_factory=TokenUse)
    must_answer: bool = False
    repaired: bool = False
    asked_again: bool = False
    fixed_chars: int = 0

    @classmethod
    def begin(
        cls, task: AgentTask, done: Sequence[ToolRun], library: ScopedLibrary, bounds: AgentBounds, now: datetime
    ) -> AgentState:
        step = 1 + max((run.call.step for run in done), default=-1)
        turn = cls(library, bounds, now, opening(task.conversation, done), EvidenceRegistry(done), step, len(done))
        turn.must_answer = step >= bounds.steps_max
        return turn

    @property
    def ends(self) -> datetime:
        return self.started + timedelta(seconds=self.bounds.seconds_max)

    @property
    def tools_end(self) -> datetime:
        return self.ends - timedelta(seconds=self.bounds.answering_s)

    def calls_for(self, uses: Sequence[ToolUse]) -> list[tuple[ToolCall, ToolUse]]:
        """With ids of our own, which are unique in the turn. Nine letters and digits: some models take no others."""
        return [
            (
                ToolCall(
                    tool_call_id=f"call{self.step:02}{number:03}",
                    tool_name=use.name,
                    arguments=use.arguments,
                    step=self.step,
                ),
                use,
            )
            for number, use in enumerate(uses)
        ]

    def spend(self, reply: ModelReply) -> None:
        counted = reply.tokens
        if not counted.input_tokens and not counted.output_tokens:
            written = len(reply.text) + sum(len(json.dumps(use.arguments)) for use in reply.tool_uses)
            counted = TokenUse(input_tokens=self.context_tokens, output_tokens=written // CHARS_PER_TOKEN)
        self.spent += counted

    def close_step(self, reply: ModelReply, runs: Sequence[ToolRun], now: datetime) -> None:
        """The model is told of its calls, and whether they were the last."""
        self.step += 1
        self.calls += len(runs)
        self.messages += step_messages(reply.text, runs)
        next_call = self.context_tokens + 2 * self.bounds.answer_tokens_max
        spent = self.spent.input_tokens + self.spent.output_tokens
        over = self.step >= self.bounds.steps_max or now >= self.tools_end
        if over or spent + next_call > self.bounds.tokens_max:
            self.must_answer = True
            self.messages[-1] = self.messages[-1].model_copy(update={"text": LAST_CALL})

    @property
    def context_tokens(self) -> int:
        """What the next call will have to read, roughly."""
        texts = (len(m.text) + sum(len(o.content) for o in m.tool_outcomes) for m in self.messages)
        return (self.fixed_chars + sum(texts)) // CHARS_PER_TOKEN

    def stats(self, model: str) -> AgentStats:
        return AgentStats(
            model=model,
            tool_calls=self.calls,
            input_tokens=self.spent.input_tokens,
            output_tokens=self.spent.output_tokens,
        )
