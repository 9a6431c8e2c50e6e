"""`/api/v2/chat/sessions/{session_id}/turns/…/stream`: a turn as it happens, and again later."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response, StreamingResponse

from cinedex.api.auth import Searcher
from cinedex.api.videovector.turn_request import IdempotencyKey, TurnBody, XIdempotencyKey
from cinedex.api.videovector.turn_stream import TurnStream, sequence_of
from cinedex.bootstrap.chat import manage_sessions, read_turn_events, start_turn, turn_executor, turn_notifier
from cinedex.chat.usecases.manage_sessions import known
from cinedex.kernel.errors import SessionNotFound

router = APIRouter(prefix="/api/v2/chat/sessions/{session_id}/turns", tags=["chat sessions"])

LastEventId = Annotated[
    str | None, Header(description="Extension: the id of the last event that was received; those behind it follow.")
]


@router.post("/stream", response_class=StreamingResponse)
def stream_chat_turn(
    caller: Searcher,
    session_id: str,
    body: TurnBody,
    idempotency_key: IdempotencyKey = None,
    x_idempotency_key: XIdempotencyKey = None,
    last_event_id: LastEventId = None,
) -> StreamingResponse:
    """Asks, and tells what happens as server-sent events. The turn goes on when the client leaves: asked again with
    the same idempotency key, `turn_resumed` and the events that are missing follow.
    """
    session_id = known(session_id, SessionNotFound)
    started = start_turn()(body.request(caller.account_id, session_id, idempotency_key, x_idempotency_key))
    if started.is_new:
        turn_executor().start(started.turn)
        return _stream().response(started.turn)
    return _stream().response(started.turn, after=sequence_of(last_event_id), again=True)


@router.get("/{turn_id}/stream", response_class=StreamingResponse, responses={204: {"description": "All is told."}})
def follow_chat_turn(caller: Searcher, session_id: str, turn_id: str, last_event_id: LastEventId = None) -> Response:
    """Extension: the events of a turn from its beginning, or behind `Last-Event-ID`. 204 when there are no more, which
    keeps an EventSource from asking again.
    """
    turn = manage_sessions().turn(caller.account_id, session_id, turn_id)
    after = sequence_of(last_event_id)
    if turn.status.is_final and after >= read_turn_events().last_sequence(turn):
        return Response(status_code=204)
    return _stream().response(turn, after=after, again=True)


def _stream() -> TurnStream:
    return TurnStream(read_turn_events, turn_executor(), turn_notifier())
