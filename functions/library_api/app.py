"""The library's HTTP API, as a Lambda function behind API Gateway."""

from __future__ import annotations

from cinedex.adapters.fastapi_envelope import install_envelope
from cinedex.adapters.fastapi_front_door import FrontDoor
from cinedex.bootstrap.access import admit_request, authenticate, repeat_request
from fastapi import FastAPI
from mangum import Mangum

from . import health, openapi
from .reka import features, groups, insights, keys, segment, uploads, usage, videos

app = FastAPI(
    title="Cinedex",
    version="2",
    redirect_slashes=False,
    openapi_url=None,
    generate_unique_id_function=lambda route: route.name,
)
install_envelope(app)
app.add_middleware(FrontDoor, authenticate=authenticate, admit=admit_request, repeat=repeat_request)
for room in (health, openapi, uploads, videos, groups, features, insights, segment, keys, usage):
    app.include_router(room.router)

handler = Mangum(app, lifespan="off")
