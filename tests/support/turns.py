"""Sessions, turns and an agent that follows a script, for tests of chat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cinedex.answers.domain.agent import (
    AgentAnswered,
    AgentCitation,
    AgentEvent,
    AgentPhase,
    AgentStats,
    AgentTask,
    AnswerDelta,
    Evidence,
    ResultSet,
    StateChanged,
    ToolCall,
    ToolFinished,
    ToolRun,
    ToolStarted,
    ToolStatus,
)
from cinedex.chat.domain.session import ChatSession, EffectiveScope, Turn
from cinedex.chat.domain.turn_log import StoredEvent
from cinedex.kernel.ids import new_id
from cinedex.kernel.span import span
from cinedex.timeline.modality import Modality

from tests.support.memory.scenario import NOON

LEASE = timedelta(seconds=10)
ANSWER = "It is an espresso. [1] Chelsea is a cat."


def session(account_id: str = "mine", at: datetime = NOON, **fields: Any) -> ChatSession:
    return ChatSession(session_id=new_id(), account_id=account_id, created_at=at, updated_at=at, **fields)


def turn(of: ChatSession, at: datetime = NOON, message: str = "What is drunk?", **fields: Any) -> Turn:
    """Running, as its first attempt."""
    created = Turn(
        turn_id=new_id(),
        session_id=of.session_id,
        account_id=of.account_id,
        turn_index=of.turn_count,
        message=message,
        effective_scope=EffectiveScope(all_collections=True),
        created_at=at,
        **fields,
    )
    return created.started(at, at + LEASE)


def event(of: Turn, sequence: int, message: str = "") -> StoredEvent:
    """Of an agent that says in which state it is."""
    change = StateChanged(phase=AgentPhase.PLANNING, message=message)
    return StoredEvent(turn_id=of.turn_id, sequence=sequence, attempt=of.attempt, event=change)


@dataclass
class RecordingExecutor:
    """`TurnExecutor` that runs nothing: tests run the started turns themselves."""

    started: list[Turn] = field(default_factory=list)

    def start(self, turn: Turn) -> None:
        self.started.append(turn)

    def wait(self, turn_id: str, timeout_s: float) -> None:
        """Returns at once: no turn runs here."""

    def is_running(self, turn_id: str) -> bool:
        return False


def evidence(result_id: str = "r1", text: str = "A cup of espresso.") -> Evidence:
    return Evidence(
        result_id=result_id,
        video_id="01a2008b-5b1d-7278-9a81-bfcfc2e58fd3",
        video_name="demo.mp4",
        span=span(1, 4),
        text=text,
        source=Modality.SPEECH,
        segment_index=2,
        score=0.9,
    )


def tool_run(number: int = 1, text: str = "A cup of espresso.", at: datetime = NOON) -> ToolRun:
    call = ToolCall(tool_call_id=f"call-{number}", tool_name="search_moments", arguments={"query": "hot drink"})
    result = evidence(f"r{number}", text)
    result_set = ResultSet(
        result_set_id=f"set-{number}", tool_call_id=call.tool_call_id, kind="semantic", total=1, results=(result,)
    )
    return ToolRun(
        call=call,
        status=ToolStatus.SUCCEEDED,
        started_at=at,
        completed_at=at + timedelta(milliseconds=12),
        result_summary="1 moment",
        content="what the model reads",
        result_set=result_set,
    )


def answered(runs: Sequence[ToolRun], text: str = ANSWER) -> AgentAnswered:
    cited = [r.result_set for r in runs if r.result_set][:1]
    return AgentAnswered(
        text=text,
        citations=tuple(AgentCitation(result_set_id=c.result_set_id, evidence=c.results[0]) for c in cited),
        confident=bool(cited),
        stats=AgentStats(model="scripted", tool_calls=len(runs), input_tokens=100, output_tokens=20),
    )


Pause = Callable[[AgentEvent], None]


@dataclass
class ScriptedAgent:
    """`Agent` of two tool runs and an answer in pieces; `pause` is called before each event, and may raise."""

    pause: Pause = lambda _event: None
    tools: int = 2
    tasks: list[AgentTask] = field(default_factory=list)
    done: list[tuple[str, ...]] = field(default_factory=list)
    closed: int = 0

    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        self.tasks.append(task)
        self.done.append(tuple(run.call.tool_call_id for run in done))
        try:
            for event in self._script(list(done)):
                self.pause(event)
                yield event
        finally:
            self.closed += 1

    def _script(self, runs: list[ToolRun]) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.PLANNING)
        for number in range(len(runs) + 1, self.tools + 1):
            run = tool_run(number)
            yield ToolStarted(call=run.call)
            runs.append(run)
            yield ToolFinished(run=run)
        yield StateChanged(phase=AgentPhase.SYNTHESIZING, step=1)
        for word in ANSWER.split(" "):
            yield AnswerDelta(text=word if word == "It" else f" {word}")
        yield answered(runs)


class PartlyFailingAgent(ScriptedAgent):
    """`Agent` whose only tool fails, and whose answer cites nothing."""

    def _script(self, runs: list[ToolRun]) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.RETRIEVING, message="One look.", step=1)
        failed = {"status": ToolStatus.FAILED, "result_set": None, "error": "The index is down.\x85"}
        run = tool_run().model_copy(update=failed)
        yield ToolStarted(call=run.call)
        yield ToolFinished(run=run)
        yield AnswerDelta(text="No “match”.")
        yield answered((), "No “match”.")
