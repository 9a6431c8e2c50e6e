"""`/api/v2/chat/sessions/{session_id}/turns`: questions, and their answers when they are complete."""

from __future__ import annotations

from time import monotonic, sleep

from fastapi import APIRouter, Response
from pydantic import BaseModel

from cinedex.api.auth import Searcher
from cinedex.api.videovector.pagination import Cursor, Limit, PageResponse, pagination_of
from cinedex.api.videovector.turn_request import IdempotencyKey, TurnBody, XIdempotencyKey
from cinedex.api.videovector.turn_schemas import TurnResponse
from cinedex.bootstrap.chat import cancel_turn, chat_settings, manage_sessions, reclaim_turns, start_turn, turn_executor
from cinedex.chat.domain.session import Turn
from cinedex.chat.usecases.manage_sessions import known
from cinedex.kernel.errors import SessionNotFound

LOOK_S = 0.2

router = APIRouter(prefix="/api/v2/chat/sessions/{session_id}/turns", tags=["chat sessions"])


class OneTurn(BaseModel):
    turn: TurnResponse


@router.post("", responses={202: {"model": OneTurn, "description": "The turn goes on."}})
def create_chat_turn(
    caller: Searcher,
    session_id: str,
    body: TurnBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    x_idempotency_key: XIdempotencyKey = None,
) -> OneTurn:
    """Asks, and waits for the end. A turn that takes longer than a request may is answered as it stands, with 202."""
    deadline = monotonic() + chat_settings().wait_s
    session_id = known(session_id, SessionNotFound)
    started = start_turn()(body.request(caller.account_id, session_id, idempotency_key, x_idempotency_key))
    if started.is_new:
        turn_executor().start(started.turn)
    turn = _waited_for(started.turn, deadline)
    if not turn.status.is_final:
        response.status_code = 202
    return OneTurn(turn=TurnResponse.of(manage_sessions().story(turn)))


@router.get("")
def list_chat_turns(
    caller: Searcher, session_id: str, limit: Limit = 50, cursor: Cursor = None
) -> PageResponse[TurnResponse]:
    """Oldest first."""
    page = manage_sessions().turns(caller.account_id, session_id, limit, cursor)
    return PageResponse(data=[TurnResponse.of(s) for s in page.items], pagination=pagination_of(page))


@router.get("/{turn_id}")
def get_chat_turn(caller: Searcher, session_id: str, turn_id: str) -> OneTurn:
    """Extension: one turn as it stands."""
    manage = manage_sessions()
    return OneTurn(turn=TurnResponse.of(manage.story(manage.turn(caller.account_id, session_id, turn_id))))


@router.post("/{turn_id}/cancel")
def cancel_chat_turn(caller: Searcher, session_id: str, turn_id: str) -> OneTurn:
    """Extension: ends a turn. One that has ended stays as it is."""
    turn = manage_sessions().turn(caller.account_id, session_id, turn_id)
    cancelled = cancel_turn()(caller.account_id, turn.session_id, turn.turn_id)
    return OneTurn(turn=TurnResponse.of(manage_sessions().story(cancelled)))


def _waited_for(turn: Turn, deadline: float) -> Turn:
    """The turn when it has ended, or at the deadline; one whose process has died is taken over."""
    while True:
        turn_executor().wait(turn.turn_id, max(0.0, deadline - monotonic()))
        turn = manage_sessions().turn(turn.account_id, turn.session_id, turn.turn_id)
        if turn.status.is_final or monotonic() >= deadline:
            return turn
        orphan = reclaim_turns().one(turn)
        if orphan is not None:
            turn_executor().start(orphan)
        else:
            sleep(LOOK_S)
