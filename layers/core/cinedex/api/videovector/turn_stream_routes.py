"""`/api/v2/chat/sessions/{session_id}/turns/…/stream`: a turn while it runs, and again later."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from cinedex.api.auth import Searcher
from cinedex.api.turn_stream import NO_MORE_EVENTS, EventStream, LastEventId, TurnStream, resumable, sequence_of
from cinedex.api.videovector.turn_events import VideoVectorRenderer, resumed
from cinedex.api.videovector.turn_request import IdempotencyKey, TurnBody, XIdempotencyKey
from cinedex.bootstrap.chat import manage_sessions, read_turn_events, start_turn, turn_executor, turn_notifier
from cinedex.kernel.errors import SessionNotFound
from cinedex.kernel.ids import require_id

router = APIRouter(prefix="/api/v2/chat/sessions/{session_id}/turns", tags=["chat sessions"])


@router.post("/stream", response_class=EventStream, responses=NO_MORE_EVENTS)
def stream_chat_turn(
    caller: Searcher,
    session_id: str,
    body: TurnBody,
    idempotency_key: IdempotencyKey = None,
    x_idempotency_key: XIdempotencyKey = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Starts a turn and sends its events as server-sent events. The turn continues when the client disconnects: a
    request with the same idempotency key gets `turn_resumed` and the events after `Last-Event-ID`, and 204 when the
    client has all events.
    """
    after, session_id = sequence_of(last_event_id), require_id(session_id, SessionNotFound)
    start = start_turn()
    request = body.request(caller.account_id, session_id, idempotency_key, x_idempotency_key)
    if after is not None:
        turn = resumable(start.find(request))
        return _stream().response(turn, after=after, first=resumed(turn))
    started = start(request)
    return _stream().response(started.turn, first=None if started.is_new else resumed(started.turn))


@router.get(
    "/{turn_id}/stream",
    response_class=EventStream,
    responses=NO_MORE_EVENTS,
)
def follow_chat_turn(caller: Searcher, session_id: str, turn_id: str, last_event_id: LastEventId = None) -> Response:
    """Extension: the events of a turn from the first, or those after `Last-Event-ID`. 204 when the client has all
    events, which stops an EventSource from reconnecting.
    """
    turn = manage_sessions().turn(caller.account_id, session_id, turn_id)
    return _stream().response(turn, after=sequence_of(last_event_id) or 0, first=resumed(turn))


def _stream() -> TurnStream:
    return TurnStream(read_turn_events(), turn_executor(), turn_notifier(), VideoVectorRenderer())
