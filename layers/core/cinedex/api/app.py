"""An HTTP application of chosen routers, with the middleware and the error responses that all share."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Depends, FastAPI
from starlette.types import Lifespan

from cinedex.api.errors import register_exception_handlers
from cinedex.api.middleware import RequestMiddleware
from cinedex.api.requests.query_parameters import refuse_unknown_parameters
from cinedex.api.stored_responses import StoredResponses
from cinedex.bootstrap.access import authenticate, check_rate_limit, record_key_use, run_idempotent


def create_app(
    title: str,
    routers: Sequence[APIRouter],
    *,
    stores_responses: bool = True,
    idempotency_exempt_prefix: str | None = None,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """`stores_responses`: whether a repeated idempotency key gets the stored response, which a stream cannot."""
    app = FastAPI(
        title=title,
        version="2",
        redirect_slashes=False,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
        dependencies=[Depends(refuse_unknown_parameters)],
    )
    register_exception_handlers(app)
    app.add_middleware(
        RequestMiddleware,
        authenticate=authenticate,
        check_rate_limit=check_rate_limit,
        record_key_use=record_key_use,
        run_idempotent=run_idempotent if stores_responses else None,
        idempotency_exempt_prefix=idempotency_exempt_prefix,
        stored_responses=StoredResponses(routers),
    )
    for router in routers:
        app.include_router(router)
    return app
