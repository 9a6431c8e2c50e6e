"""An answer as server-sent events: it starts, it comes as it is written, and it ends exactly once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from cinedex.answers.domain.agent import AgentAnswered, AgentEvent, AnswerDelta
from cinedex.answers.usecases.answer_question import answer_of
from cinedex.api.auth import Searcher
from cinedex.api.reka.schemas.chat import ChatBody, ChatResponse
from cinedex.bootstrap.access import record_usage
from cinedex.bootstrap.chat import answer_question
from cinedex.kernel.errors import CinedexError
from cinedex.kernel.ids import new_id
from cinedex.observability import logger
from cinedex.usage.operations import Operation

router = APIRouter(prefix="/v2", tags=["chat"])
BROKEN = "Something went wrong on our side; the id of the turn finds it in the log."


@router.post("/chat/stream", response_class=StreamingResponse)
def chat_stream(caller: Searcher, body: ChatBody) -> StreamingResponse:
    """Extension: the answer of `/v2/chat` as server-sent events. The first is sent before the search for evidence."""
    agent_events = answer_question().events(body.request(caller.account_id))

    def metered() -> Iterator[AgentEvent]:
        yield from agent_events
        record_usage().count(caller.account_id, Operation.CHAT)

    events = answer_events(metered())
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


def answer_events(turn: Iterator[AgentEvent]) -> Iterator[str]:
    """`turn_started`, then `answer_delta` as pieces come, then `turn_completed` or `error`."""
    numbers, turn_id = count(1), new_id()

    def event(name: str, **data: Any) -> str:
        told = json.dumps({"type": name, "turn_id": turn_id, **data}, ensure_ascii=False)
        return f"id: {next(numbers)}\nevent: {name}\ndata: {told}\n\n"

    yield event("turn_started")
    try:
        for happened in turn:
            if isinstance(happened, AnswerDelta):
                yield event("answer_delta", delta=happened.text)
            elif isinstance(happened, AgentAnswered):
                answered = happened
    except CinedexError as error:
        yield event("error", error={"code": type(error).__name__, "message": error.message})
        return
    except Exception:  # nobody above can tell the client any more: the response has begun
        logger.exception("turn failed", extra={"turn_id": turn_id})
        yield event("error", error={"code": "InternalError", "message": BROKEN})
        return
    yield event("turn_completed", **ChatResponse.of(answer_of(answered)).model_dump(mode="json"))
