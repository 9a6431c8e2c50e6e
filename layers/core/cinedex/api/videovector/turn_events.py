"""Events of a turn in the VideoVector dialect: the name of each is also in its JSON, as `type`."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic_core import to_jsonable_python

from cinedex.answers.domain.agent import StateChanged, ToolFinished, ToolStarted
from cinedex.api.videovector.turn_schemas import ResultSetResponse, ToolTrace, TurnResponse, UserMessage
from cinedex.chat.domain.session import Turn, TurnDetail, TurnStatus
from cinedex.chat.domain.turn_log import TurnEvent, TurnEventName

BREAKS = re.compile("[\x85\u2028\u2029]")
RESUMING = "Another process goes on with this turn; the answer starts anew."


class VideoVectorTurnEventSerializer:
    """`TurnEventSerializer`."""

    def started(self, turn: Turn) -> TurnEvent:
        return _told(
            TurnEventName.TURN_STARTED,
            session_id=turn.session_id,
            turn_id=turn.turn_id,
            status=turn.status,
            user_message=UserMessage.of(turn),
            effective_scope=turn.effective_scope,
            created_at=turn.created_at,
        )

    def progressed(self, turn: Turn, event: StateChanged | ToolStarted | ToolFinished) -> TurnEvent:
        if isinstance(event, StateChanged):
            told: dict[str, Any] = {"state": event.phase, "message": event.message, "step": event.step}
            return _told(TurnEventName.AGENT_STATE, turn_id=turn.turn_id, **told)
        if isinstance(event, ToolStarted):
            call = event.call.model_dump(include={"tool_call_id", "tool_name", "arguments"})
            return _told(TurnEventName.TOOL_CALL_STARTED, turn_id=turn.turn_id, **call)
        run = event.run
        trace = ToolTrace.of(run).model_dump(exclude={"arguments", "started_at", "completed_at"})
        found = ResultSetResponse.of(run.result_set) if run.result_set else None
        return _told(TurnEventName.TOOL_CALL_RESULT, turn_id=turn.turn_id, **trace, result_set=found)

    def answered_in_part(self, turn: Turn, delta: str, offset: int) -> TurnEvent:
        return _told(TurnEventName.ANSWER_DELTA, turn_id=turn.turn_id, delta=delta, offset=offset)

    def taken_over(self, turn: Turn) -> TurnEvent:
        told = {"state": "resuming", "message": RESUMING, "attempt": turn.attempt}
        return _told(TurnEventName.AGENT_STATE, turn_id=turn.turn_id, **told)

    def ended(self, story: TurnDetail) -> TurnEvent:
        turn, shown = story.turn, TurnResponse.of(story)
        if turn.status is TurnStatus.COMPLETED:
            return _told(TurnEventName.TURN_COMPLETED, turn=shown)
        return _told(TurnEventName.ERROR, turn_id=turn.turn_id, error=turn.error, status=turn.status, turn=shown)


def resumed(turn: Turn) -> TurnEvent:
    """What a reader who comes again is told first; it is not part of the log."""
    told = {"session_id": turn.session_id, "turn_id": turn.turn_id, "status": turn.status}
    return _told(TurnEventName.TURN_RESUMED, **told)


def vanished(turn: Turn) -> TurnEvent:
    """What ends the stream of a turn whose session was deleted."""
    error = {"code": "resource_chat_turn_not_found", "message": "This turn was deleted.", "details": {}}
    return _told(TurnEventName.ERROR, turn_id=turn.turn_id, error=error)


def _told(name: TurnEventName, **data: Any) -> TurnEvent:
    """JSON on one line, also for clients that take more characters for line breaks than the standard does."""
    shown = to_jsonable_python({"type": name.value, **data})
    told = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return TurnEvent(name=name, data=BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", told))
