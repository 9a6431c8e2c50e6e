"""Events of a turn in the format of `/v2/chat/stream`: the start, the answer as it is written, and the end."""

from __future__ import annotations

import json
from typing import Any

from cinedex.answers.usecases.answer_question import answer_of
from cinedex.api.reka.schemas.chat import ChatResponse
from cinedex.api.turn_stream import WireEvent
from cinedex.chat.domain.session import Turn, TurnDetail, TurnErrorCode
from cinedex.chat.domain.turn_log import AnswerAppended, TurnReassigned, TurnStarted, TurnUpdate

ERROR_CODES = {
    TurnErrorCode.CANCELLED: "TurnCancelled",
    TurnErrorCode.FAILED: "AnalysisFailed",
    TurnErrorCode.INTERNAL: "InternalError",
    TurnErrorCode.INTERRUPTED: "TurnInterrupted",
    TurnErrorCode.NOT_FOUND: "NotFound",
    TurnErrorCode.RATE_LIMITED: "TooManyRequests",
    TurnErrorCode.UNAVAILABLE: "Unavailable",
}


class RekaRenderer:
    """`TurnRenderer`."""

    def render(self, turn: Turn, update: TurnUpdate) -> WireEvent | None:
        match update.stored.event:
            case TurnStarted() | TurnReassigned():
                # A second `turn_started` tells the client that another process starts the answer again.
                return _event(turn, "turn_started")
            case AnswerAppended(text=text):
                return _event(turn, "answer_delta", delta=text)
        return None if update.detail is None else _ended(update.detail)

    def deleted(self, turn: Turn) -> WireEvent:
        return _event(turn, "error", error={"code": "NotFound", "message": "This turn has expired."})


def _ended(detail: TurnDetail) -> WireEvent:
    turn = detail.turn
    if turn.error is not None:
        return _event(turn, "error", error={"code": ERROR_CODES[turn.error.code], "message": turn.error.message})
    assert detail.answer is not None, "a turn without an error has an answer"
    response = ChatResponse.of(answer_of(detail.answer))
    return _event(turn, "turn_completed", **response.model_dump(mode="json"))


def _event(turn: Turn, name: str, **data: Any) -> WireEvent:
    return WireEvent(name, json.dumps({"type": name, "turn_id": turn.turn_id, **data}, ensure_ascii=False))
