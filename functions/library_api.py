"""The library's HTTP API, as a Lambda function behind API Gateway."""

from __future__ import annotations

from cinedex.api import health, openapi_route
from cinedex.api.errors import register_exception_handlers
from cinedex.api.middleware import RequestMiddleware
from cinedex.api.reka import api_keys, features, groups, insights, segment, uploads, usage, videos
from cinedex.bootstrap.access import authenticate, check_rate_limit, run_idempotent
from fastapi import FastAPI
from mangum import Mangum

app = FastAPI(
    title="Cinedex",
    version="2",
    redirect_slashes=False,
    openapi_url=None,
    generate_unique_id_function=lambda route: route.name,
)
register_exception_handlers(app)
app.add_middleware(RequestMiddleware, authenticate=authenticate, admit=check_rate_limit, repeat=run_idempotent)
for room in (health, openapi_route, uploads, videos, groups, features, insights, segment, api_keys, usage):
    app.include_router(room.router)

handler = Mangum(app, lifespan="off")
