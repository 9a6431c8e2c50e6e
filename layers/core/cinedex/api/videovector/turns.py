"""`/api/v2/chat/sessions/{session_id}/turns`: questions, and their complete answers."""

from __future__ import annotations

from time import monotonic

from fastapi import APIRouter, Response
from pydantic import BaseModel

from cinedex.api.auth import Searcher
from cinedex.api.response_size import PageBuilder
from cinedex.api.videovector.pagination import Cursor, Limit, PageResponse, pagination_of
from cinedex.api.videovector.turn_request import IdempotencyKey, TurnBody, XIdempotencyKey
from cinedex.api.videovector.turn_schemas import TurnResponse
from cinedex.bootstrap.chat import await_turn, cancel_turn, chat_settings, manage_sessions, start_turn
from cinedex.kernel.errors import SessionNotFound
from cinedex.kernel.ids import require_id

router = APIRouter(prefix="/api/v2/chat/sessions/{session_id}/turns", tags=["chat sessions"])


class OneTurn(BaseModel):
    turn: TurnResponse


@router.post("", responses={202: {"model": OneTurn, "description": "The turn is still running."}})
def create_chat_turn(
    caller: Searcher,
    session_id: str,
    body: TurnBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    x_idempotency_key: XIdempotencyKey = None,
) -> OneTurn:
    """Starts a turn and waits for its end. 202 with the turn so far when it takes longer than a request may."""
    deadline = monotonic() + chat_settings().wait_s
    session_id = require_id(session_id, SessionNotFound)
    started = start_turn()(body.request(caller.account_id, session_id, idempotency_key, x_idempotency_key))
    turn = await_turn()(started.turn, max(0.0, deadline - monotonic()))
    if not turn.status.is_final:
        response.status_code = 202
    return OneTurn(turn=TurnResponse.of(manage_sessions().detail(turn)))


@router.get("")
def list_chat_turns(
    caller: Searcher, session_id: str, limit: Limit = 50, cursor: Cursor = None
) -> PageResponse[TurnResponse]:
    """Oldest first. A page has fewer turns than `limit` if more would not fit into a response."""
    built = PageBuilder(TurnResponse.of)
    page = manage_sessions().turns(caller.account_id, session_id, limit, cursor, built.admits)
    return PageResponse(data=built.responses, pagination=pagination_of(page))


@router.get("/{turn_id}")
def get_chat_turn(caller: Searcher, session_id: str, turn_id: str) -> OneTurn:
    """Extension: one turn in its current state."""
    manage = manage_sessions()
    return OneTurn(turn=TurnResponse.of(manage.detail(manage.turn(caller.account_id, session_id, turn_id))))


@router.post("/{turn_id}/cancel")
def cancel_chat_turn(caller: Searcher, session_id: str, turn_id: str) -> OneTurn:
    """Extension: cancels a turn. A turn that has ended stays unchanged."""
    turn = manage_sessions().turn(caller.account_id, session_id, turn_id)
    cancelled = cancel_turn()(caller.account_id, turn.session_id, turn.turn_id)
    return OneTurn(turn=TurnResponse.of(manage_sessions().detail(cancelled)))
