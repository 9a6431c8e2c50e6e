"""`/api/v2/chat/sessions`: conversations with a library."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cinedex.api.auth import Searcher
from cinedex.api.requests.strict_body import StrictBody
from cinedex.api.response_size import PageBuilder
from cinedex.api.videovector.pagination import Cursor, Limit, PageResponse, pagination_of
from cinedex.api.videovector.turn_request import IdempotencyKey, XIdempotencyKey, key_of
from cinedex.api.videovector.turn_schemas import TurnResponse
from cinedex.bootstrap.chat import manage_sessions
from cinedex.chat.domain.session import ChatSession

router = APIRouter(prefix="/api/v2/chat/sessions", tags=["chat sessions"])


class SessionResponse(BaseModel):
    session_id: str
    title: str | None
    user_id: str
    created_at: datetime
    updated_at: datetime
    last_turn_at: datetime | None
    turn_count: int
    status: Literal["active"] = "active"

    @classmethod
    def of(cls, session: ChatSession) -> SessionResponse:
        fields = session.model_dump(exclude={"account_id"})
        return cls(**fields, user_id=session.account_id)


class SessionBody(StrictBody):
    title: str | None = Field(default=None, description="If omitted, it is made from the first message.")
    idempotency_key: str | None = None


class SessionWithTurns(SessionResponse):
    turns: list[TurnResponse] = Field(description="The newest fifty, or as many as fit into a response, oldest first.")


class SessionDeleted(BaseModel):
    message: str
    session_id: str


@router.post("", status_code=201)
def create_chat_session(
    caller: Searcher,
    body: SessionBody | None = None,
    idempotency_key: IdempotencyKey = None,
    x_idempotency_key: XIdempotencyKey = None,
) -> SessionResponse:
    """Creates a session. An idempotency key that has created one within 24 hours gets that session."""
    request = body or SessionBody()
    key = key_of(idempotency_key, x_idempotency_key, request.idempotency_key)
    return SessionResponse.of(manage_sessions().create(caller.account_id, request.title, key))


@router.get("")
def list_chat_sessions(caller: Searcher, limit: Limit = 50, cursor: Cursor = None) -> PageResponse[SessionResponse]:
    """Newest first."""
    page = manage_sessions().list(caller.account_id, limit, cursor)
    return PageResponse(data=[SessionResponse.of(s) for s in page.items], pagination=pagination_of(page))


@router.get("/{session_id}")
def get_chat_session(caller: Searcher, session_id: str) -> SessionWithTurns:
    """A session with its turns."""
    manage = manage_sessions()
    session = manage.get(caller.account_id, session_id)
    built = PageBuilder(TurnResponse.of)
    manage.latest_turns(session, built.admits)
    return SessionWithTurns(**SessionResponse.of(session).model_dump(), turns=built.responses[::-1])


@router.delete("/{session_id}")
def delete_chat_session(caller: Searcher, session_id: str) -> SessionDeleted:
    """Deletes the session with all of its turns; running turns are cancelled."""
    manage_sessions().delete(caller.account_id, session_id)
    return SessionDeleted(message="The chat session was deleted.", session_id=session_id)
