"""Streams answers, turns and events. uvicorn runs it, behind the Lambda Web Adapter or on a local machine."""

from __future__ import annotations

from cinedex.api import event_routes, health
from cinedex.api.app import create_app
from cinedex.api.lifespan import warm_up
from cinedex.api.reka import chat_stream
from cinedex.api.videovector import turn_stream_routes

app = create_app(
    "Cinedex streams",
    [module.router for module in (turn_stream_routes, health, chat_stream, event_routes)],
    stores_responses=False,
    lifespan=warm_up,
)
