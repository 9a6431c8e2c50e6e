"""`POST /v2/chat`: a question about videos, answered with evidence."""

from __future__ import annotations

from cinedex.adapters.fastapi_answers import ChatBody, ChatResponse
from cinedex.bootstrap.access import meter_usage
from cinedex.bootstrap.chat import answer_question
from cinedex.domain.usage import Deed
from fastapi import APIRouter

from ..caller import Searcher

router = APIRouter(prefix="/v2", tags=["chat"])


@router.post("/chat")
def chat(caller: Searcher, body: ChatBody) -> ChatResponse:
    """Every claim of the answer quotes a moment; without one it says that there is no confident match."""
    answer = answer_question()(body.request(caller.account_id))
    meter_usage().count(caller.account_id, Deed.CHAT)
    return ChatResponse.of(answer)
