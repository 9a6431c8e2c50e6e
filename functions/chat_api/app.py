"""Search and chat over HTTP, as a Lambda function behind API Gateway."""

from __future__ import annotations

from cinedex.adapters.fastapi_envelope import install_envelope
from cinedex.adapters.fastapi_front_door import FrontDoor
from cinedex.bootstrap.access import admit_request, authenticate, repeat_request
from fastapi import FastAPI
from mangum import Mangum

from .reka import chat, search
from .videovector import sessions, turns

app = FastAPI(
    title="Cinedex search and chat",
    version="2",
    redirect_slashes=False,
    openapi_url=None,
    generate_unique_id_function=lambda route: route.name,
)
install_envelope(app)
app.add_middleware(
    FrontDoor,
    authenticate=authenticate,
    admit=admit_request,
    repeat=repeat_request,
    minds_its_keys="/api/v2/chat/",
)
for room in (search, chat, sessions, turns):
    app.include_router(room.router)

handler = Mangum(app, lifespan="off")
