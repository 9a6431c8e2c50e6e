"""Run a turn: let the agent work, store each event as it happens, and end the turn exactly once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from datetime import timedelta

from cinedex.answers.domain.agent import (
    AgentAnswered,
    AgentEvent,
    AgentStats,
    AgentTask,
    AnswerDelta,
    TokensSpent,
    ToolFinished,
    ToolRun,
    ToolStarted,
)
from cinedex.answers.ports.agent import Agent
from cinedex.chat.domain.session import ATTEMPTS_MAX, Turn, TurnError, TurnErrorCode
from cinedex.chat.domain.turn_log import TurnReassigned, TurnStep
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.ports.turn_budget import TurnBudget
from cinedex.chat.ports.turn_executor import Heartbeat
from cinedex.chat.usecases.agent_task import BuildAgentTask
from cinedex.chat.usecases.delta_buffer import DeltaBuffer
from cinedex.chat.usecases.turn_writer import TurnLost, TurnWriter
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CinedexError, InternalError, NotFound, TooManyRequests, Unavailable
from cinedex.usage.budget import TokensUsed
from cinedex.usage.operations import Operation
from cinedex.usage.record_usage import RecordUsage

HEARTBEATS_PER_LEASE = 3
INTERRUPTED = TurnError(code=TurnErrorCode.INTERRUPTED, message="The work on this turn was interrupted too often.")
UNEXPECTED = TurnError(
    code=TurnErrorCode.INTERNAL, message="Something went wrong on our side; the turn's id finds it in the log."
)


@dataclass
class Spending:
    """The tokens that an attempt has used so far."""

    used: TokensUsed = field(default_factory=TokensUsed)


@dataclass(frozen=True)
class RunTurn:
    """`lease` is the time without a heartbeat after which another process may continue a turn."""

    chats: ChatStore
    log: TurnLog
    agent: Callable[[], Agent]
    budget: TurnBudget
    usage: RecordUsage
    clock: Clock
    heartbeat: Heartbeat
    notify: Callable[[str], None]
    lease: timedelta

    def __call__(self, turn: Turn) -> None:
        """`turn` is leased to the caller. Returns when it has ended, or when it was reassigned.

        Exceptions that are no `CinedexError` pass through, and leave the turn open.
        """
        try:
            self._run(turn)
        except TurnLost:
            return

    def fail_unexpectedly(self, turn: Turn) -> None:
        """Ends the turn with an error that has no details of the cause."""
        try:
            self._fail(self._writer(turn), UNEXPECTED)
        except TurnLost:
            return

    def _run(self, turn: Turn) -> None:
        writer = self._writer(turn)
        steps = self.log.steps(turn.turn_id) if turn.attempt > 1 else ()
        runs = [step.run for step in steps if step.run is not None]
        if turn.attempt > 1:
            # Takes the slot that the earlier attempt would write next, in case it is not dead.
            writer.write(TurnReassigned(attempt=turn.attempt))
        if turn.attempt > ATTEMPTS_MAX:
            self._fail(writer, INTERRUPTED)
            return
        with self._heartbeat(turn):
            spending = Spending()
            try:
                self._work(writer, runs, spending)
            except CinedexError as error:
                self._fail(writer, _turn_error(error), spending.used)

    def _work(self, writer: TurnWriter, runs: list[ToolRun], spending: Spending) -> None:
        deltas = DeltaBuffer(writer, self.clock)
        task = BuildAgentTask(self.chats, self.log)(writer.turn)
        with closing(_new_events(self.agent(), task, tuple(runs))) as events:
            for event in events:
                if isinstance(event, AnswerDelta):
                    deltas.add(event.text)
                    continue
                if isinstance(event, TokensSpent):
                    spending.used = _tokens_of(event.stats)
                    continue
                deltas.flush()
                if isinstance(event, AgentAnswered):
                    self._complete(writer, event)
                    return
                writer.write(event, TurnStep(run=event.run) if isinstance(event, ToolFinished) else None)
        raise Unavailable("The agent stopped without an answer.")

    def _complete(self, writer: TurnWriter, answer: AgentAnswered) -> None:
        # Settled before the end is written: a process that dies in between leaves a turn that is paid for.
        self._settle(writer.turn, _tokens_of(answer.stats))
        writer.end(writer.turn.completed(self.clock.now()), TurnStep(answer=answer))
        if writer.turn.is_standalone:
            self.usage.count(writer.turn.account_id, Operation.CHAT)

    def _fail(self, writer: TurnWriter, error: TurnError, used: TokensUsed | None = None) -> None:
        writer.end(writer.turn.failed(self.clock.now(), error))
        self._settle(writer.turn, used or TokensUsed())

    def _settle(self, turn: Turn, used: TokensUsed) -> None:
        """Standalone turns are counted as operations, not against the budget of turns and tokens."""
        if not turn.is_standalone:
            self.budget.settle(turn, turn.created_at.date(), used)

    def _writer(self, turn: Turn) -> TurnWriter:
        """Raises `TurnLost` if the turn has ended, was reassigned or is deleted."""
        # Before the turn: if it is still open, its end has not taken the slot after this sequence.
        sequence = self.log.last_sequence(turn.turn_id)
        try:
            current = self.chats.get_turn(turn.session_id, turn.turn_id)
        except NotFound:
            raise TurnLost from None
        if current.status.is_final or current.attempt != turn.attempt:
            raise TurnLost
        return TurnWriter(turn, self.log, self.notify, sequence)

    def _heartbeat(self, turn: Turn) -> AbstractContextManager[None]:
        """Renews the lease also while the agent waits for a model."""

        def renew() -> bool:
            return self.chats.renew(turn, self.clock.now() + self.lease)

        return self.heartbeat(renew, self.lease.total_seconds() / HEARTBEATS_PER_LEASE)


def _new_events(agent: Agent, task: AgentTask, done: tuple[ToolRun, ...]) -> Generator[AgentEvent, None, None]:
    """Without the events of the tool runs in `done`, which are in the log already."""
    logged = {run.call.tool_call_id for run in done}
    events: Iterator[AgentEvent] = agent.run(task, done)
    try:
        yield from (event for event in events if _call_of(event) not in logged)
    finally:
        if isinstance(events, Generator):
            events.close()


def _tokens_of(stats: AgentStats) -> TokensUsed:
    return TokensUsed(input_tokens=stats.input_tokens, output_tokens=stats.output_tokens)


def _call_of(event: AgentEvent) -> str | None:
    if isinstance(event, ToolFinished):
        return event.run.call.tool_call_id
    return event.call.tool_call_id if isinstance(event, ToolStarted) else None


def _turn_error(error: CinedexError) -> TurnError:
    codes = {
        InternalError: TurnErrorCode.INTERNAL,
        Unavailable: TurnErrorCode.UNAVAILABLE,
        TooManyRequests: TurnErrorCode.RATE_LIMITED,
        NotFound: TurnErrorCode.NOT_FOUND,
    }
    code = next((code for kind, code in codes.items() if isinstance(error, kind)), TurnErrorCode.FAILED)
    return TurnError(code=code, message=error.message)
