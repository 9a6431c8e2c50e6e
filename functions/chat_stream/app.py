"""The streaming web application: uvicorn runs it, under the Lambda Web Adapter or on a laptop."""

from __future__ import annotations

from typing import Annotated

from cinedex.adapters.fastapi_answers import ChatBody
from cinedex.adapters.fastapi_caller import CallerGate
from cinedex.adapters.fastapi_envelope import install_envelope
from cinedex.bootstrap import answer_question, authenticate
from cinedex.domain.access import Caller, Scope
from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse

from .events import answer_events

app = FastAPI(title="Cinedex answers, streamed", version="2", redirect_slashes=False, docs_url=None, redoc_url=None)
install_envelope(app)

Searcher = Annotated[Caller, Depends(CallerGate(authenticate)(Scope.SEARCH))]


@app.get("/health")
def health() -> dict[str, str]:
    """Answers without looking at anything else."""
    return {"status": "ok"}


@app.post("/v2/chat/stream", response_class=StreamingResponse)
def chat_stream(caller: Searcher, body: ChatBody) -> StreamingResponse:
    """Extension: the answer of `/v2/chat` as server-sent events, the first before any evidence is sought."""
    request = body.request(caller.account_id)
    events = answer_events(lambda: answer_question()(request))
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
