"""The agent that a language model drives: it calls tools until it knows enough, and answers with citations."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cinedex.answers.domain.agent import (
    AgentAnswered,
    AgentEvent,
    AgentPhase,
    AgentTask,
    AnswerDelta,
    StateChanged,
    TokensSpent,
    ToolFinished,
    ToolRun,
    ToolStarted,
)
from cinedex.answers.domain.cited_answer import CitedAnswer
from cinedex.answers.usecases.agent.agent_state import AgentState
from cinedex.answers.usecases.agent.limits import AgentBounds
from cinedex.answers.usecases.agent.prompt import RULES, repair_messages, says_no_match
from cinedex.answers.usecases.agent.run_tools import RunTools
from cinedex.answers.usecases.agent.scoped_library import scoped_library
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import AnalysisFailed, Unavailable
from cinedex.language_models.language_model import LanguageModel, ModelReply, TokenUse
from cinedex.search.usecases.querying.format_report import no_match_text
from cinedex.search.usecases.querying.resolve_scope import ResolveScope

CHARS_OF_TOKEN_MAX = 8  # twice what English has
DECLINED = "The language model declined to answer this question."


class OutOfTime(AnalysisFailed):
    """Asking again would take as long again."""


@dataclass(frozen=True)
class LlmAgent:
    """An `Agent`. Answers are let out sentence by sentence, each once it is verified; tools come before them.

    As soon as a sentence is out, the reply it belongs to is the answer: tools that it calls are not run any more.
    A reply of which nothing can be let out is asked for again, once.
    """

    model: LanguageModel
    run_tools: RunTools
    resolve_scope: ResolveScope
    clock: Clock
    bounds: AgentBounds

    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.PLANNING)
        library = scoped_library(task, self.resolve_scope)
        turn = AgentState.begin(task, done, library, self.bounds, self.clock.now())
        turn.fixed_chars = len(RULES) + sum(len(spec.model_dump_json()) for spec in self.run_tools.specs)
        while True:
            answer = CitedAnswer(turn.found.citable)
            reply = yield from self._converse(turn, answer)
            if reply is None:
                continue
            if reply.tool_uses and not answer.text and not turn.must_answer:
                yield from self._work(turn, reply)
            elif _is_final(turn, reply, answer) or turn.repaired:
                break
            else:
                turn.repaired = True
                turn.messages += repair_messages(reply, answer.withheld, answer.unknown_ids, looked=turn.calls > 0)
                yield StateChanged(phase=AgentPhase.PLANNING, message="the answer cited nothing", step=turn.step)
        yield from self._end(turn, answer, reply, task.conversation[-1].content)

    def _converse(self, turn: AgentState, answer: CitedAnswer) -> Generator[AgentEvent, None, ModelReply | None]:
        """One reply, shown as it comes; None when it broke off before anything was shown, which is mended once."""
        heard = False
        try:
            for piece in self._reply(turn):
                heard = True
                if isinstance(piece, ModelReply):
                    turn.spend(piece)
                    yield TokensSpent(stats=turn.stats(self.model.name))
                    if _ends_a_sentence(piece, answer, turn):
                        yield from _shown(turn, answer, answer.finish())
                    return piece
                yield from _shown(turn, answer, answer.write(piece))
                if self.clock.now() >= turn.ends:
                    return self._cut_short(answer)
            raise Unavailable("The language model stopped without a reply.")
        except Unavailable:
            if heard:
                turn.spend(ModelReply(text=answer.text))
                yield TokensSpent(stats=turn.stats(self.model.name))
            if not heard or answer.text or turn.asked_again:
                raise
            turn.asked_again = True
            return None

    def _reply(self, turn: AgentState) -> Iterator[str | ModelReply]:
        """A server that does not stop at `tokens_max` is not listened to any longer."""
        tokens_max, text = self.bounds.answer_tokens_max, ""
        for piece in self.model.converse(RULES, tuple(turn.messages), self.run_tools.specs, tokens_max=tokens_max):
            yield piece
            text += piece if isinstance(piece, str) else ""
            if len(text) > CHARS_OF_TOKEN_MAX * tokens_max:
                yield ModelReply(text=text, tokens=TokenUse(output_tokens=tokens_max), stop_reason="max_tokens")
                return

    def _cut_short(self, answer: CitedAnswer) -> ModelReply:
        """Time is up: what was shown is the answer."""
        if not answer.text:
            raise OutOfTime(f"No answer was found within {self.bounds.seconds_max:g} s.")
        return ModelReply(text=answer.text, stop_reason="max_tokens")

    def _work(self, turn: AgentState, reply: ModelReply) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.RETRIEVING, step=turn.step)
        calls = turn.calls_for(reply.tool_uses)
        for call, _ in calls:
            yield ToolStarted(call=call)
        runs = []
        for run in self.run_tools(turn.library, calls, turn.found, turn.tools_end):
            runs.append(run)
            yield ToolFinished(run=run)
        turn.close_step(reply, runs, self.clock.now())

    def _end(self, turn: AgentState, answer: CitedAnswer, reply: ModelReply, asked: str) -> Iterator[AgentEvent]:
        text = answer.text
        if not text:
            text = DECLINED if reply.stop_reason == "refused" else no_match_text(asked, len(turn.library.pool.videos))
            yield AnswerDelta(text=text)
        yield AgentAnswered(
            text=text,
            citations=answer.citations,
            confident=bool(answer.text),
            stats=turn.stats(self.model.name),
        )


def _shown(turn: AgentState, answer: CitedAnswer, sentences: Iterable[str]) -> Iterator[AgentEvent]:
    for sentence in sentences:
        if sentence == answer.text:
            yield StateChanged(phase=AgentPhase.SYNTHESIZING, step=turn.step)
        yield AnswerDelta(text=sentence)


def _ends_a_sentence(reply: ModelReply, answer: CitedAnswer, turn: AgentState) -> bool:
    """What comes before tool calls is no answer yet, and what was cut off is no sentence."""
    is_answer = not reply.tool_uses or bool(answer.text) or turn.must_answer
    return is_answer and reply.stop_reason != "max_tokens"


def _is_final(turn: AgentState, reply: ModelReply, answer: CitedAnswer) -> bool:
    """Who has not looked cannot know that there is no match."""
    found_nothing = turn.calls > 0 and says_no_match(reply.text)
    return bool(answer.text) or reply.stop_reason == "refused" or found_nothing
