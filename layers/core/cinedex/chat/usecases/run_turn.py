"""Carry a turn out: let the agent work, store each event as it happens, and end the turn exactly once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread

from cinedex.answers.domain.agent import (
    AgentAnswered,
    AgentEvent,
    AgentStats,
    AgentTask,
    AnswerDelta,
    StateChanged,
    TokensSpent,
    ToolFinished,
    ToolRun,
    ToolStarted,
)
from cinedex.answers.domain.answer import Message, Role
from cinedex.answers.ports.agent import Agent
from cinedex.chat.domain.session import ATTEMPTS_MAX, Turn, TurnDetail, TurnError, TurnStatus
from cinedex.chat.domain.turn_log import TurnStep
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.ports.turn_budget import TurnBudget
from cinedex.chat.ports.turn_event_serializer import TurnEventSerializer
from cinedex.chat.usecases.delta_buffer import DeltaBuffer
from cinedex.chat.usecases.turn_writer import TurnLost, TurnWriter
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import INTERNAL_ERROR, CinedexError, InternalError, NotFound, TooManyRequests, Unavailable
from cinedex.usage.budget import TokensUsed

REMEMBERED_TURNS_MAX = 20
INTERRUPTED = TurnError(code="turn_interrupted", message="The work on this turn was interrupted too often.")
SURPRISED = TurnError(
    code="internal_error", message="Something went wrong on our side; the turn's id finds it in the log."
)


@dataclass
class Spending:
    """What an attempt has used so far."""

    used: TokensUsed = field(default_factory=TokensUsed)


@dataclass(frozen=True)
class RunTurn:
    """`lease` is how long a turn waits for the sign of life of its process before another may take it over."""

    chats: ChatStore
    log: TurnLog
    agent: Callable[[], Agent]
    teller: TurnEventSerializer
    budget: TurnBudget
    clock: Clock
    ring: Callable[[str], None]
    lease: timedelta

    def __call__(self, turn: Turn) -> None:
        """`turn` is leased to the caller. Returns when it has ended, or when another attempt has taken it over.

        What is no error of the domain goes through: the turn stays open, for `give_up` or the next attempt.
        """
        try:
            self._carry_out(turn)
        except TurnLost:
            return

    def give_up(self, turn: Turn) -> None:
        """The turn fails, without the details of a surprise."""
        try:
            self._fail(self._writer(turn), SURPRISED)
        except TurnLost:
            return

    def _carry_out(self, turn: Turn) -> None:
        writer = self._writer(turn)
        steps = self.log.steps(turn.turn_id) if turn.attempt > 1 else ()
        runs = [step.run for step in steps if step.run is not None]
        if turn.attempt > 1:
            # The slot that a dead attempt would write next is ours from here on, should it not be dead.
            writer.write(self.teller.taken_over(turn))
        if turn.attempt > ATTEMPTS_MAX:
            self._fail(writer, INTERRUPTED)
            return
        with self._signs_of_life(turn):
            spending = Spending()
            try:
                self._work(writer, runs, spending)
            except CinedexError as error:
                self._fail(writer, _told(error), spending.used)

    def _work(self, writer: TurnWriter, runs: list[ToolRun], spending: Spending) -> None:
        deltas = DeltaBuffer(writer, self.teller)
        with closing(_events(self.agent(), self._task(writer.turn), tuple(runs))) as events:
            for event in events:
                if isinstance(event, AnswerDelta):
                    deltas.add(event.text)
                    continue
                if isinstance(event, TokensSpent):
                    spending.used = _tokens_of(event.stats)
                    continue
                deltas.flush()
                if isinstance(event, AgentAnswered):
                    self._complete(writer, runs, event)
                    return
                self._progress(writer, runs, event)
        raise Unavailable("The agent stopped without an answer.")

    def _progress(
        self, writer: TurnWriter, runs: list[ToolRun], event: StateChanged | ToolStarted | ToolFinished
    ) -> None:
        told = self.teller.progressed(writer.turn, event)
        if isinstance(event, ToolFinished):
            writer.write(told, TurnStep(run=event.run))
            runs.append(event.run)
        else:
            writer.write(told)

    def _complete(self, writer: TurnWriter, runs: list[ToolRun], answer: AgentAnswered) -> None:
        # Settled before it is told: a process that dies in between leaves a turn that was paid, not one that was free.
        self._settle(writer.turn, _tokens_of(answer.stats))
        ended = writer.turn.completed(self.clock.now())
        writer.end(TurnDetail(turn=ended, runs=tuple(runs), answer=answer), TurnStep(answer=answer))

    def _fail(self, writer: TurnWriter, error: TurnError, used: TokensUsed | None = None) -> None:
        runs = tuple(step.run for step in self.log.steps(writer.turn.turn_id) if step.run is not None)
        writer.end(TurnDetail(turn=writer.turn.failed(self.clock.now(), error), runs=runs))
        self._settle(writer.turn, used or TokensUsed())

    def _settle(self, turn: Turn, used: TokensUsed) -> None:
        self.budget.settle(turn, turn.created_at.date(), used)

    def _writer(self, turn: Turn) -> TurnWriter:
        return TurnWriter(turn, self.log, self.teller, self.ring, self.log.last_sequence(turn.turn_id))

    def _task(self, turn: Turn) -> AgentTask:
        """The question with the conversation before it: turns that were answered when it was asked."""
        said: list[Message] = []
        for earlier in self.chats.list_latest_turns(turn.session_id, REMEMBERED_TURNS_MAX + 1):
            if earlier.turn_id < turn.turn_id and earlier.status is TurnStatus.COMPLETED:
                said += self._exchange(earlier)
        asked = Message(role=Role.USER, content=turn.message)
        return AgentTask(account_id=turn.account_id, conversation=(*said, asked), scope=turn.effective_scope.for_agent)

    def _exchange(self, earlier: Turn) -> Sequence[Message]:
        answers = [step.answer for step in self.log.steps(earlier.turn_id) if step.answer is not None]
        question = Message(role=Role.USER, content=earlier.message)
        return [question, *(Message(role=Role.ASSISTANT, content=answer.text) for answer in answers)]

    @contextmanager
    def _signs_of_life(self, turn: Turn) -> Iterator[None]:
        """The lease is renewed three times in its length, also while the agent thinks."""
        over = Event()

        def renew() -> None:
            while not over.wait(self.lease.total_seconds() / 3):
                if not self.chats.renew(turn, self.clock.now() + self.lease):
                    return

        thread = Thread(target=renew, name=f"lease-{turn.turn_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _events(agent: Agent, task: AgentTask, done: tuple[ToolRun, ...]) -> Generator[AgentEvent, None, None]:
    """Events of the turn that are new: those of tool runs that are taken over were told before."""
    known = {run.call.tool_call_id for run in done}
    told = agent.run(task, done)
    try:
        yield from (event for event in told if _call_of(event) not in known)
    finally:
        if isinstance(told, Generator):
            told.close()


def _tokens_of(stats: AgentStats) -> TokensUsed:
    return TokensUsed(input_tokens=stats.input_tokens, output_tokens=stats.output_tokens)


def _call_of(event: AgentEvent) -> str | None:
    if isinstance(event, ToolFinished):
        return event.run.call.tool_call_id
    return event.call.tool_call_id if isinstance(event, ToolStarted) else None


def _told(error: CinedexError) -> TurnError:
    codes = {
        InternalError: INTERNAL_ERROR,
        Unavailable: "service_unavailable",
        TooManyRequests: "rate_limit_exceeded",
        NotFound: "resource_not_found",
    }
    code = next((code for kind, code in codes.items() if isinstance(error, kind)), "turn_failed")
    return TurnError(code=code, message=error.message)
