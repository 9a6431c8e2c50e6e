"""Search and chat over HTTP, as a Lambda function behind API Gateway."""

from __future__ import annotations

from cinedex.api.errors import register_exception_handlers
from cinedex.api.middleware import RequestMiddleware
from cinedex.api.reka import chat, search
from cinedex.api.videovector import sessions, turns
from cinedex.bootstrap.access import authenticate, check_rate_limit, run_idempotent
from fastapi import FastAPI
from mangum import Mangum

app = FastAPI(
    title="Cinedex search and chat",
    version="2",
    redirect_slashes=False,
    openapi_url=None,
    generate_unique_id_function=lambda route: route.name,
)
register_exception_handlers(app)
app.add_middleware(
    RequestMiddleware,
    authenticate=authenticate,
    admit=check_rate_limit,
    repeat=run_idempotent,
    idempotency_exempt_prefix="/api/v2/chat/",
)
for room in (search, chat, sessions, turns):
    app.include_router(room.router)

handler = Mangum(app, lifespan="off")
