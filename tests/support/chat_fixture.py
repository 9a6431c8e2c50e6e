"""Chat in memory, with an agent that follows a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.adapters.threads.heartbeat import thread_heartbeat
from cinedex.answers.usecases.answer_question import AnswerQuestion
from cinedex.chat.domain.session import ChatSession, Turn
from cinedex.chat.domain.turn_log import StoredEvent
from cinedex.chat.ports.turn_executor import TurnExecutor
from cinedex.chat.usecases.cancel_turn import CancelTurn
from cinedex.chat.usecases.manage_sessions import ManageSessions
from cinedex.chat.usecases.read_turn_events import ReadTurnEvents
from cinedex.chat.usecases.reclaim_turns import ReclaimTurns
from cinedex.chat.usecases.run_turn import RunTurn
from cinedex.chat.usecases.start_standalone_turn import StartStandaloneTurn
from cinedex.chat.usecases.start_turn import StartTurn, TurnRequest
from cinedex.usage.budget import BudgetLimits
from cinedex.usage.record_usage import RecordUsage

from tests.support.memory.access import MemoryIdempotencyStore, MemoryUsageLedger
from tests.support.memory.chats import MemoryChatStore, MemoryTurnBudget
from tests.support.memory.library import MemoryCollections, MemoryVideos
from tests.support.memory.scenario import FakeClock
from tests.support.turns import LEASE, RecordingExecutor, ScriptedAgent

LIMITS = BudgetLimits(turns_max=50, tokens_max=10_000, tokens_reserved=500)


@dataclass
class ChatFixture:
    clock: FakeClock = field(default_factory=FakeClock)
    idempotency: MemoryIdempotencyStore = field(default_factory=MemoryIdempotencyStore)
    usage: MemoryUsageLedger = field(default_factory=MemoryUsageLedger)
    agent: ScriptedAgent = field(default_factory=ScriptedAgent)
    notified: list[str] = field(default_factory=list)
    executor: TurnExecutor = field(default_factory=RecordingExecutor)
    lease: timedelta = LEASE
    limits: BudgetLimits = LIMITS

    def __post_init__(self) -> None:
        self.chats = MemoryChatStore(self.idempotency)
        self.run_idempotent = RunIdempotent(self.idempotency, self.clock)
        self.budget = MemoryTurnBudget(self.usage)
        self.cancel = CancelTurn(self.chats, self.chats, self.budget, self.clock, self.notified.append)
        self.manage = ManageSessions(self.chats, self.chats, self.cancel, self.run_idempotent, self.clock)

    @property
    def reclaim(self) -> ReclaimTurns:
        return ReclaimTurns(self.chats, self.executor, self.clock, self.lease)

    @property
    def read(self) -> ReadTurnEvents:
        return ReadTurnEvents(self.chats, self.chats, self.reclaim)

    def run_turn(self, agent: ScriptedAgent | None = None) -> RunTurn:
        return RunTurn(
            chats=self.chats,
            log=self.chats,
            agent=lambda: agent or self.agent,
            budget=self.budget,
            usage=RecordUsage(self.usage, self.clock),
            clock=self.clock,
            heartbeat=thread_heartbeat,
            notify=self.notified.append,
            lease=self.lease,
        )

    @property
    def start(self) -> StartTurn:
        return StartTurn(
            chats=self.chats,
            collections=MemoryCollections(),
            idempotency=self.run_idempotent,
            budget=self.budget,
            executor=self.executor,
            limits=self.limits,
            clock=self.clock,
            lease=self.lease,
        )

    @property
    def start_standalone(self) -> StartStandaloneTurn:
        return StartStandaloneTurn(
            chats=self.chats,
            answer=AnswerQuestion(MemoryVideos(), self.agent),
            idempotency=self.run_idempotent,
            executor=self.executor,
            clock=self.clock,
            lease=self.lease,
        )

    def session(self) -> ChatSession:
        return self.manage.create("mine", None, None)

    def start_turn(
        self, of: ChatSession | None = None, message: str = "What is drunk?", key: str | None = None
    ) -> Turn:
        session = of or self.session()
        request = TurnRequest(account_id="mine", session_id=session.session_id, message=message, idempotency_key=key)
        return self.start(request).turn

    def now(self, turn: Turn) -> Turn:
        return self.chats.get_turn(turn.session_id, turn.turn_id)

    def events(self, turn: Turn) -> list[StoredEvent]:
        return list(self.chats.events(turn.turn_id))

    def kinds(self, turn: Turn) -> list[str]:
        return [stored.event.kind for stored in self.events(turn)]


@pytest.fixture
def chat() -> ChatFixture:
    return ChatFixture()
