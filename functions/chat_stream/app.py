"""The streaming web application: uvicorn runs it, under the Lambda Web Adapter or on a laptop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from cinedex.adapters.fastapi_answers import ChatBody
from cinedex.adapters.fastapi_caller import require
from cinedex.adapters.fastapi_envelope import install_envelope
from cinedex.adapters.fastapi_front_door import FrontDoor
from cinedex.bootstrap.access import admit_request, authenticate, meter_usage
from cinedex.bootstrap.chat import answer_question
from cinedex.domain.access import Caller, Scope
from cinedex.domain.agent import AgentEvent
from cinedex.domain.usage import Deed
from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse

from .events import answer_events
from .videovector import turns
from .warming import warming

app = FastAPI(
    title="Cinedex answers, streamed",
    version="2",
    redirect_slashes=False,
    openapi_url=None,
    generate_unique_id_function=lambda route: route.name,
    lifespan=warming,
)
install_envelope(app)
app.add_middleware(FrontDoor, authenticate=authenticate, admit=admit_request, repeat=None)

app.include_router(turns.router)

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
        meter_usage().count(caller.account_id, Deed.CHAT)

    events = answer_events(turn())
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
