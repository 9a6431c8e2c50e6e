"""The streaming web application: uvicorn runs it, under the Lambda Web Adapter or on a laptop."""

from __future__ import annotations

from cinedex.api import health
from cinedex.api.app import create_app
from cinedex.api.lifespan import warming
from cinedex.api.reka import chat_stream
from cinedex.api.videovector import turn_stream_routes

app = create_app(
    "Cinedex answers, streamed",
    [module.router for module in (turn_stream_routes, health, chat_stream)],
    stores_responses=False,
    lifespan=warming,
)
