"""Lambda function behind API Gateway: search and chat over HTTP."""

from __future__ import annotations

from cinedex.api.app import create_app
from cinedex.api.asgi_handler import asgi_handler
from cinedex.api.reka import chat, search
from cinedex.api.videovector import sessions, turns
from cinedex.observability import http_handler

app = create_app(
    "Cinedex search and chat",
    [module.router for module in (search, chat, sessions, turns)],
    idempotency_exempt_prefix="/api/v2/chat/",
)
handler = http_handler("chat_api", asgi_handler(app))
