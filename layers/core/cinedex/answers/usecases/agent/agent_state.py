"""The state of a turn: its messages, its evidence and its token use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cinedex.answers.domain.agent import AgentStats, AgentTask, ToolCall, ToolRun
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.limits import AgentLimits
from cinedex.answers.usecases.agent.prompt import LAST_CALL, initial_messages, step_messages
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.language_models.language_model import ModelMessage, ModelReply, TokenUse, ToolUse

CHARS_PER_TOKEN = 4  # an estimate for English, used where a server does not report tokens


@dataclass
class AgentState:
    library: ScopedLibrary
    limits: AgentLimits
    started: datetime
    messages: list[ModelMessage]
    evidence: EvidenceRegistry
    step: int
    calls: int
    used: TokenUse = field(default_factory=TokenUse)
    must_answer: bool = False
    repaired: bool = False
    retried: bool = False
    fixed_chars: int = 0

    @classmethod
    def begin(
        cls, task: AgentTask, done: Sequence[ToolRun], library: ScopedLibrary, limits: AgentLimits, now: datetime
    ) -> AgentState:
        step = 1 + max((run.call.step for run in done), default=-1)
        state = cls(
            library, limits, now, initial_messages(task.conversation, done), EvidenceRegistry(done), step, len(done)
        )
        state.must_answer = step >= limits.steps_max
        return state

    @property
    def ends(self) -> datetime:
        return self.started + timedelta(seconds=self.limits.seconds_max)

    def seconds_left(self, now: datetime) -> float:
        return (self.ends - now).total_seconds()

    @property
    def tools_end(self) -> datetime:
        return self.ends - timedelta(seconds=self.limits.answering_s)

    def calls_for(self, uses: Sequence[ToolUse]) -> list[tuple[ToolCall, ToolUse]]:
        """With ids that are unique in the turn. Nine letters and digits, because some models accept no others."""
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

    def add_tokens(self, reply: ModelReply) -> None:
        tokens = reply.tokens
        if not tokens.input_tokens and not tokens.output_tokens:
            written = len(reply.text) + sum(len(json.dumps(use.arguments)) for use in reply.tool_uses)
            tokens = TokenUse(input_tokens=self.context_tokens, output_tokens=written // CHARS_PER_TOKEN)
        self.used += tokens

    def close_step(self, reply: ModelReply, runs: Sequence[ToolRun], now: datetime) -> None:
        """Adds the calls and their results to the messages; the last step asks for the answer."""
        self.step += 1
        self.calls += len(runs)
        self.messages += step_messages(reply.text, runs)
        next_call = self.context_tokens + 2 * self.limits.answer_tokens_max
        used = self.used.input_tokens + self.used.output_tokens
        is_over = self.step >= self.limits.steps_max or now >= self.tools_end
        if is_over or used + next_call > self.limits.tokens_max:
            self.must_answer = True
            self.messages[-1] = self.messages[-1].model_copy(update={"text": LAST_CALL})

    @property
    def context_tokens(self) -> int:
        """Estimated input tokens of the next call."""
        texts = (len(m.text) + sum(len(o.content) for o in m.tool_outcomes) for m in self.messages)
        return (self.fixed_chars + sum(texts)) // CHARS_PER_TOKEN

    def stats(self, model: str) -> AgentStats:
        return AgentStats(
            model=model,
            tool_calls=self.calls,
            input_tokens=self.used.input_tokens,
            output_tokens=self.used.output_tokens,
        )
