"""What every request passes on its way in and every response on its way out.

who calls -> may they, this often -> was this asked before -> the route -> headers, and nothing but the envelope
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cinedex.access.domain.api_keys import Caller
from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, IdempotentOperation, StoredResponse
from cinedex.access.domain.rate_limit import RateLimitStatus
from cinedex.access.usecases.authenticate import Authenticate
from cinedex.access.usecases.check_rate_limit import CheckRateLimit
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.api.auth import CALLER, REFUSAL, identify
from cinedex.api.bodies import ResponseRecorder, buffered_receive, read_body, replayed, require_json
from cinedex.api.errors import REQUEST_ID, error_response, surprise
from cinedex.api.request_hash import fingerprint_of
from cinedex.kernel.errors import CinedexError, NotAuthenticated, TooManyRequests
from cinedex.observability import logger

IDEMPOTENCY_KEY = "idempotency-key"


@dataclass
class RequestContext:
    """One request: its id, whether its response has begun, and the headers that the response gets."""

    send: Send
    request_id: str = field(default_factory=lambda: uuid4().hex)
    headers: dict[str, str] = field(
        default_factory=lambda: rate_headers(limit=0, remaining=0, resets_in_s=0, retry_after_s=0)
    )
    answered: bool = False

    async def with_headers(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answered = True
            headers = MutableHeaders(scope=message)
            for name, value in {**self.headers, "X-Request-ID": self.request_id}.items():
                headers.setdefault(name, value)
        await self.send(message)


class RequestMiddleware:
    """ASGI middleware. `repeat` is None where responses stream and cannot be kept.

    Below `idempotency_exempt_prefix`, routes look after idempotency keys themselves.
    """

    def __init__(
        self,
        app: ASGIApp,
        authenticate: Callable[[], Authenticate],
        admit: Callable[[], CheckRateLimit],
        repeat: Callable[[], RunIdempotent] | None,
        idempotency_exempt_prefix: str | None = None,
    ) -> None:
        self._app = app
        self._authenticate = authenticate
        self._admit = admit
        self._repeat = repeat
        self._idempotency_exempt_prefix = idempotency_exempt_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = RequestContext(send)
        scope[REQUEST_ID] = visit.request_id
        try:
            await self._receive(scope, receive, visit)
        except CinedexError as error:
            await error_response(error, scope)(scope, receive, visit.with_headers)
        except Exception:
            # The outermost loop of a request.
            logger.exception("request failed", request_id=visit.request_id, path=scope["path"])
            if visit.answered:
                raise
            await surprise(scope)(scope, receive, visit.with_headers)

    async def _receive(self, scope: Scope, receive: Receive, visit: RequestContext) -> None:
        caller = await run_in_threadpool(self._authenticate_caller, scope, visit)
        headers = Headers(scope=scope)
        if "json" in headers.get("content-type", ""):
            body = await read_body(receive)
            require_json(body)
            receive = buffered_receive(body, receive)
        key = headers.get(IDEMPOTENCY_KEY)
        if caller is None or key is None or not self._repeats(scope):
            await self._app(scope, receive, visit.with_headers)
        else:
            await self._once(caller, key, scope, receive, visit.with_headers)

    def _repeats(self, scope: Scope) -> bool:
        minded = self._idempotency_exempt_prefix is not None and scope["path"].startswith(
            self._idempotency_exempt_prefix
        )
        return self._repeat is not None and scope["method"] == "POST" and not minded

    def _authenticate_caller(self, scope: Scope, visit: RequestContext) -> Caller | None:
        """A stranger goes on: some routes need no key, and the others refuse by themselves."""
        try:
            caller = identify(scope, self._authenticate)
        except NotAuthenticated as refusal:
            scope[REFUSAL] = refusal.message
            return None
        scope[CALLER] = caller
        self._count(caller, visit)
        return caller

    def _count(self, caller: Caller, visit: RequestContext) -> None:
        admit = self._admit()
        allowance = admit(caller)
        resets_in_s = admit.resets_in_s(allowance)
        visit.headers = _headers_of(allowance, resets_in_s)
        if not allowance.granted:
            raise TooManyRequests(
                f"This API key may make {allowance.requests_max} requests in its window; they are used up.",
                retry_after_s=resets_in_s,
            )

    async def _once(self, caller: Caller, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._repeat is not None
        repeat, body = self._repeat(), await read_body(receive)
        fingerprint = await fingerprint_of(Request(scope, buffered_receive(body, receive)), body)
        # A key that may do less must not be told what one that may do more was answered.
        scoped_key = IdempotencyKey(
            operation=IdempotentOperation.HTTP_REQUEST,
            account_id=caller.account_id,
            context=caller.scope.label,
            value=key,
        )
        outcome = await run_in_threadpool(repeat.begin, scoped_key, fingerprint)
        if isinstance(outcome, StoredResponse):
            await replayed(outcome)(scope, receive, send)
            return
        recorder = ResponseRecorder(send)
        try:
            await self._app(scope, buffered_receive(body, receive), recorder)
        finally:
            await run_in_threadpool(_conclude, repeat, outcome, recorder.kept())


def _conclude(repeat: RunIdempotent, reservation: IdempotencyRecord, response: StoredResponse | None) -> None:
    if response is None:
        repeat.release(reservation)
    else:
        repeat.complete(reservation, response)


def rate_headers(*, limit: int, remaining: int, resets_in_s: int, retry_after_s: int) -> dict[str, str]:
    return {
        "x-ratelimit-requests-limit": str(limit),
        "x-ratelimit-requests-remaining": str(remaining),
        "x-ratelimit-requests-reset": str(resets_in_s),
        "retry-after": str(retry_after_s),
    }


def _headers_of(allowance: RateLimitStatus, resets_in_s: int) -> dict[str, str]:
    return rate_headers(
        limit=allowance.requests_max,
        remaining=allowance.remaining,
        resets_in_s=resets_in_s,
        retry_after_s=0 if allowance.granted else resets_in_s,
    )
