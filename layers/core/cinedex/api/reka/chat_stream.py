"""`POST /v2/chat/stream`: the answer of `/v2/chat` as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response

from cinedex.api.auth import Searcher
from cinedex.api.reka.schemas.chat import ChatBody
from cinedex.api.reka.turn_events import RekaRenderer
from cinedex.api.turn_stream import NO_MORE_EVENTS, EventStream, LastEventId, TurnStream, resumable, sequence_of
from cinedex.bootstrap.chat import read_turn_events, start_standalone_turn, turn_executor, turn_notifier
from cinedex.chat.usecases.turn_idempotency import choose_key

router = APIRouter(prefix="/v2", tags=["chat"])

IdempotencyKey = Annotated[str | None, Header(include_in_schema=False)]
"""Every POST route of this API has it; the OpenAPI document describes it once."""


@router.post("/chat/stream", response_class=EventStream, responses=NO_MORE_EVENTS)
def chat_stream(
    caller: Searcher, body: ChatBody, idempotency_key: IdempotencyKey = None, last_event_id: LastEventId = None
) -> Response:
    """Extension: the answer of `/v2/chat` as server-sent events, the first before any evidence is sought. The turn
    continues when the client disconnects: a request with the same idempotency key gets the events after
    `Last-Event-ID`, and 204 when the client has all events.
    """
    after = sequence_of(last_event_id)
    key = choose_key([("Idempotency-Key", idempotency_key)])
    start, request = start_standalone_turn(), body.request(caller.account_id)
    turn = start(request, key).turn if after is None else resumable(start.find(request, key))
    stream = TurnStream(read_turn_events(), turn_executor(), turn_notifier(), RekaRenderer())
    return stream.response(turn, after=after or 0)
