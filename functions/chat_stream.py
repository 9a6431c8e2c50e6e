"""The streaming web application: uvicorn runs it, under the Lambda Web Adapter or on a laptop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from cinedex.access.domain.api_keys import Caller, Scope
from cinedex.answers.domain.agent import AgentEvent
from cinedex.api.auth import require
from cinedex.api.errors import register_exception_handlers
from cinedex.api.lifespan import warming
from cinedex.api.middleware import RequestMiddleware
from cinedex.api.reka.chat_stream import answer_events
from cinedex.api.reka.schemas.chat import ChatBody
from cinedex.api.videovector import turn_stream_routes
from cinedex.bootstrap.access import authenticate, check_rate_limit, record_usage
from cinedex.bootstrap.chat import answer_question
from cinedex.usage.operations import Operation
from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI(
    title="Cinedex answers, streamed",
    version="2",
    redirect_slashes=False,
    openapi_url=None,
    generate_unique_id_function=lambda route: route.name,
    lifespan=warming,
)
register_exception_handlers(app)
app.add_middleware(RequestMiddleware, authenticate=authenticate, admit=check_rate_limit, repeat=None)

app.include_router(turn_stream_routes.router)

Searcher = Annotated[Caller, Depends(require(Scope.SEARCH))]


@app.get("/health")
def health() -> dict[str, str]:
    """Answers without looking at anything else."""
    return {"status": "ok"}


@app.post("/v2/chat/stream", response_class=StreamingResponse)
def chat_stream(caller: Searcher, body: ChatBody) -> StreamingResponse:
    """Extension: the answer of `/v2/chat` as server-sent events, the first before any evidence is sought."""
    begun = answer_question().events(body.request(caller.account_id))

    def turn() -> Iterator[AgentEvent]:
        yield from begun
        record_usage().count(caller.account_id, Operation.CHAT)

    events = answer_events(turn())
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
