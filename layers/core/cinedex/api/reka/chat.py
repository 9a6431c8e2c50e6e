"""`POST /v2/chat`: a question about videos, answered with evidence."""

from __future__ import annotations

from fastapi import APIRouter

from cinedex.api.auth import Searcher
from cinedex.api.reka.schemas.chat import ChatBody, ChatResponse
from cinedex.bootstrap.access import record_usage
from cinedex.bootstrap.chat import answer_question
from cinedex.usage.operations import Operation

router = APIRouter(prefix="/v2", tags=["chat"])


@router.post("/chat")
def chat(caller: Searcher, body: ChatBody) -> ChatResponse:
    """Answer a question about videos. Each claim cites a moment; without evidence, `confident` is false."""
    answer = answer_question()(body.request(caller.account_id))
    record_usage().count(caller.account_id, Operation.CHAT)
    return ChatResponse.of(answer)
