"""Events of a turn in the format of the VideoVector API: the name of each is also in its JSON, as `type`."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic_core import to_jsonable_python

from cinedex.answers.domain.agent import StateChanged, ToolFinished, ToolRun, ToolStarted
from cinedex.api.turn_stream import WireEvent
from cinedex.api.videovector.scopes import EffectiveScopeResponse
from cinedex.api.videovector.turn_errors import TurnErrorResponse
from cinedex.api.videovector.turn_schemas import (
    ResultSetResponse,
    ToolTrace,
    TurnResponse,
    UserMessage,
)
from cinedex.chat.domain.session import Turn, TurnDetail, TurnStatus
from cinedex.chat.domain.turn_log import AnswerAppended, RenderedEvent, TurnReassigned, TurnStarted, TurnUpdate

LINE_BREAKS = re.compile("[\x85\u2028\u2029]")
REASSIGNED = "The turn was resumed by another process; the answer restarts."


class VideoVectorRenderer:
    """`TurnRenderer`."""

    def render(self, turn: Turn, update: TurnUpdate) -> WireEvent | None:
        match update.stored.event:
            case RenderedEvent(name=name, data=data):
                return WireEvent(name, data)
            case TurnStarted():
                return _started(turn)
            case StateChanged() as change:
                state = {"state": change.phase, "message": change.message, "step": change.step}
                return _event("agent_state", turn_id=turn.turn_id, **state)
            case TurnReassigned(attempt=attempt):
                state = {"state": "resuming", "message": REASSIGNED, "attempt": attempt}
                return _event("agent_state", turn_id=turn.turn_id, **state)
            case ToolStarted(call=call):
                shown = call.model_dump(include={"tool_call_id", "tool_name", "arguments"})
                return _event("tool_call_started", turn_id=turn.turn_id, **shown)
            case ToolFinished(run=run):
                return _tool_result(turn, run)
            case AnswerAppended(text=text, offset=offset):
                return _event("answer_delta", turn_id=turn.turn_id, delta=text, offset=offset)
        return None if update.detail is None else _ended(update.detail)

    def deleted(self, turn: Turn) -> WireEvent:
        error = {"code": "resource_chat_turn_not_found", "message": "This turn was deleted.", "details": {}}
        return _event("error", turn_id=turn.turn_id, error=error)


def resumed(turn: Turn) -> WireEvent:
    """What a client gets first that requests the stream of a turn again; it is not in the log."""
    return _event("turn_resumed", session_id=turn.session_id, turn_id=turn.turn_id, status=turn.status)


def _started(turn: Turn) -> WireEvent:
    return _event(
        "turn_started",
        session_id=turn.session_id,
        turn_id=turn.turn_id,
        status=TurnStatus.RUNNING,
        user_message=UserMessage.of(turn),
        effective_scope=EffectiveScopeResponse.of(turn.effective_scope),
        created_at=turn.created_at,
    )


def _tool_result(turn: Turn, run: ToolRun) -> WireEvent:
    trace = ToolTrace.of(run).model_dump(exclude={"arguments", "started_at", "completed_at"})
    results = ResultSetResponse.of(run.result_set) if run.result_set else None
    return _event("tool_call_result", turn_id=turn.turn_id, **trace, result_set=results)


def _ended(detail: TurnDetail) -> WireEvent:
    turn, response = detail.turn, TurnResponse.of(detail)
    if turn.status is TurnStatus.COMPLETED:
        return _event("turn_completed", turn=response)
    error = TurnErrorResponse.of(turn.error) if turn.error else None
    return _event("error", turn_id=turn.turn_id, error=error, status=turn.status, turn=response)


def _event(name: str, **data: Any) -> WireEvent:
    """JSON on one line, also for clients that split lines at more characters than the standard names."""
    text = json.dumps(to_jsonable_python({"type": name, **data}), ensure_ascii=False, separators=(",", ":"))
    return WireEvent(name, LINE_BREAKS.sub(lambda match: f"\\u{ord(match[0]):04x}", text))
