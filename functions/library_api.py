"""Lambda function behind API Gateway: the HTTP API of the library."""

from __future__ import annotations

from cinedex.api import health, openapi_route
from cinedex.api.app import create_app
from cinedex.api.asgi_handler import asgi_handler
from cinedex.api.reka import api_keys, features, groups, insights, jobs, segment, subtitles, uploads, usage, videos
from cinedex.api.reka.drop import policies as drop_policies
from cinedex.api.reka.drop import routes as drop
from cinedex.api.videovector import webhooks
from cinedex.observability import http_handler

MODULES = (
    health,
    openapi_route,
    uploads,
    videos,
    groups,
    jobs,
    drop_policies,
    drop,
    features,
    insights,
    subtitles,
    segment,
    api_keys,
    usage,
    webhooks,
)

# A webhook is created once for an idempotency key by its own route, which returns the secret again.
app = create_app("Cinedex", [module.router for module in MODULES], idempotency_exempt_prefix="/api/v2/webhooks")
handler = http_handler("library_api", asgi_handler(app))
