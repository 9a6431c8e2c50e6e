"""The agent with a language model: it calls tools and answers with citations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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
from cinedex.answers.domain.answer import Degradation
from cinedex.answers.domain.cited_answer import CitedAnswer
from cinedex.answers.usecases.agent.agent_state import AgentState
from cinedex.answers.usecases.agent.check_sentence import CheckSentence
from cinedex.answers.usecases.agent.limits import AgentLimits
from cinedex.answers.usecases.agent.prompt import RULES, repair_messages, says_no_match
from cinedex.answers.usecases.agent.quoted_answer import SearchQuotes, quoted_answer, search_call
from cinedex.answers.usecases.agent.read_in_time import OutOfTime, read_in_time
from cinedex.answers.usecases.agent.run_tools import RunTools
from cinedex.answers.usecases.agent.scoped_library import LibraryReader, scoped_library
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import AnalysisFailed, LanguageModelUnavailable, Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.language_models.language_model import LanguageModel, ModelReply, TokenUse
from cinedex.search.usecases.querying.format_report import no_match_text

logger = logging.getLogger(__name__)

CHARS_OF_TOKEN_MAX = 8  # twice the average of English
DECLINED = "The language model declined to answer this question."


class TimeLimitExceeded(AnalysisFailed):
    """Not retryable: a retry would take as long again."""


@dataclass(frozen=True)
class LlmAgent:
    """An `Agent`. Answers are emitted sentence by sentence, after each sentence is verified.

    The first emitted sentence makes its reply the answer: tool calls of that reply are not run. A reply without any
    verified sentence is requested again, once. If its sentences cited evidence that does not bear them out, quotes are
    the answer instead.
    """

    model: LanguageModel
    run_tools: RunTools
    check_sentence: Callable[[], CheckSentence]
    search_quotes: SearchQuotes
    library: LibraryReader
    clock: Clock
    limits: AgentLimits

    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.PLANNING)
        started = self.clock.now()
        library = scoped_library(task, self.library)
        state = AgentState.begin(task, done, library, self.limits, started)
        state.fixed_chars = len(RULES) + sum(len(spec.model_dump_json()) for spec in self.run_tools.specs)
        check = self.check_sentence()
        while True:
            answer = CitedAnswer(state.evidence.citable, check)
            reply = yield from self._converse(state, answer)
            if reply is None:
                continue
            if reply.tool_uses and not answer.text and not state.must_answer:
                yield from self._run_step(state, reply)
            elif _is_final(state, reply, answer) or state.repaired:
                break
            else:
                state.repaired = True
                state.messages += repair_messages(
                    reply, answer.rejected, answer.unsupported, answer.unknown_ids, has_searched=state.calls > 0
                )
                yield StateChanged(phase=AgentPhase.PLANNING, message="no sentence was verified", step=state.step)
        if answer.unsupported and not answer.text:
            yield from self._quote(state, task)
        else:
            yield from self._end(state, answer, reply, task.conversation[-1].content, check)

    def _converse(self, state: AgentState, answer: CitedAnswer) -> Generator[AgentEvent, None, ModelReply | None]:
        """One reply, emitted while it is received; None when it failed before any output, which is retried once."""
        received: list[str] = []
        try:
            for piece in self._reply(state):
                if isinstance(piece, ModelReply):
                    yield self._spent(state, piece)
                    if _ends_a_sentence(piece, answer, state):
                        yield from _emitted(state, answer, answer.finish())
                    return piece
                received.append(piece)
                yield from _emitted(state, answer, answer.write(piece))
            raise Unavailable("The language model stopped without a reply.")
        except OutOfTime as error:
            yield from self._spent_on(state, received)
            return self._cut_short(answer, error, is_silent=not received)
        except Unavailable as error:
            logger.warning("the language model failed", extra=log_fields(error) | {"model": self.model.name})
            yield from self._spent_on(state, received)
            if not received or answer.text or state.retried:
                raise
            state.retried = True
            return None

    def _spent(self, state: AgentState, reply: ModelReply) -> TokensSpent:
        state.add_tokens(reply)
        return TokensSpent(stats=state.stats(self.model.name))

    def _spent_on(self, state: AgentState, received: Sequence[str]) -> Iterator[TokensSpent]:
        """The estimated tokens of a reply that has begun and has no end."""
        if received:
            yield self._spent(state, ModelReply(text="".join(received)))

    def _reply(self, state: AgentState) -> Iterator[str | ModelReply]:
        """Stops reading when a server exceeds `tokens_max`. Raises `OutOfTime` at the end of the turn."""
        tokens_max, text = self.limits.answer_tokens_max, ""

        def left_s() -> float:
            return state.seconds_left(self.clock.now())

        pieces = self.model.converse(
            RULES, tuple(state.messages), self.run_tools.specs, tokens_max=tokens_max, seconds_max=left_s()
        )
        for piece in read_in_time(pieces, left_s):
            yield piece
            text += piece if isinstance(piece, str) else ""
            if len(text) > CHARS_OF_TOKEN_MAX * tokens_max:
                yield ModelReply(text=text, tokens=TokenUse(output_tokens=tokens_max), stop_reason="max_tokens")
                return

    def _cut_short(self, answer: CitedAnswer, error: OutOfTime, *, is_silent: bool) -> ModelReply:
        """At the time limit, the emitted sentences are the answer. Without any, a silent model is unavailable."""
        if answer.text:
            return ModelReply(text=answer.text, stop_reason="max_tokens")
        seconds = f"{self.limits.seconds_max:g} s"
        if is_silent:
            raise LanguageModelUnavailable(
                f"The language model did not answer within the {seconds} of a turn."
            ) from error
        raise TimeLimitExceeded(f"The language model found no answer within {seconds}.") from error

    def _run_step(self, state: AgentState, reply: ModelReply) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.RETRIEVING, step=state.step)
        calls = state.calls_for(reply.tool_uses)
        for call, _ in calls:
            yield ToolStarted(call=call)
        runs = []
        for run in self.run_tools(state.library, calls, state.evidence, state.tools_end):
            runs.append(run)
            yield ToolFinished(run=run)
        state.close_step(reply, runs, self.clock.now())

    def _quote(self, state: AgentState, task: AgentTask) -> Iterator[AgentEvent]:
        """The answer of quotes, for a reply none of whose sentences is borne out by its citations."""
        call = search_call(f"call{state.step:02}000", task, state.step)
        yield StateChanged(
            phase=AgentPhase.RETRIEVING, message="the citations do not bear the answer out", step=state.step
        )
        yield ToolStarted(call=call)
        run, result_set = self.search_quotes(call, task, state.library, state.evidence)
        yield ToolFinished(run=run)
        state.calls += 1
        yield StateChanged(phase=AgentPhase.SYNTHESIZING, step=state.step)
        lost = (Degradation.UNSUPPORTED_SENTENCES,)
        yield from quoted_answer(result_set, task, state.library, state.stats(self.model.name), lost)

    def _end(
        self, state: AgentState, answer: CitedAnswer, reply: ModelReply, question: str, check: CheckSentence
    ) -> Iterator[AgentEvent]:
        text = answer.text
        if not text:
            text = DECLINED if reply.stop_reason == "refused" else no_match_text(question, state.library.video_count)
            yield AnswerDelta(text=text)
        yield AgentAnswered(
            text=text,
            citations=answer.citations,
            confident=bool(answer.text) and not answer.unsupported,
            stats=state.stats(self.model.name),
            degraded_by=tuple(_degradations(state, answer, check)),
        )


def _degradations(state: AgentState, answer: CitedAnswer, check: CheckSentence) -> Iterator[Degradation]:
    if answer.unsupported:
        yield Degradation.UNSUPPORTED_SENTENCES
    if state.evidence.is_degraded:
        yield Degradation.SEARCH
    if check.is_degraded:
        yield Degradation.TEXT_MODEL


def _emitted(state: AgentState, answer: CitedAnswer, sentences: Iterable[str]) -> Iterator[AgentEvent]:
    for sentence in sentences:
        if sentence == answer.text:
            yield StateChanged(phase=AgentPhase.SYNTHESIZING, step=state.step)
        yield AnswerDelta(text=sentence)


def _ends_a_sentence(reply: ModelReply, answer: CitedAnswer, state: AgentState) -> bool:
    """Text before tool calls is not an answer, and a truncated text is not a sentence."""
    is_answer = not reply.tool_uses or bool(answer.text) or state.must_answer
    return is_answer and reply.stop_reason != "max_tokens"


def _is_final(state: AgentState, reply: ModelReply, answer: CitedAnswer) -> bool:
    """'No match' is accepted only after at least one tool call."""
    has_no_match = state.calls > 0 and says_no_match(reply.text)
    return bool(answer.text) or reply.stop_reason == "refused" or has_no_match
