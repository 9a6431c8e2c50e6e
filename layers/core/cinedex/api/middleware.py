"""What every request and every response passes.

authenticate → rate limit → idempotency → route → headers; errors outside of routes leave in the dialect of the path
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
from cinedex.access.usecases.record_key_use import RecordKeyUse
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.adapters.aws_errors import AWS_ERRORS
from cinedex.api.auth import API_KEY_REQUIRED, AUTH_ERROR, CALLER, PUBLIC_PATHS, identify
from cinedex.api.errors import REQUEST_ID, error_response, expected_error, internal_error
from cinedex.api.requests.bodies import ResponseRecorder, buffered_receive, read_body, require_json, stored_response
from cinedex.api.requests.content_encoding import decode_content
from cinedex.api.requests.head import respond_to_head
from cinedex.api.requests.request_hash import request_hash
from cinedex.api.stored_responses import StoredResponses
from cinedex.kernel.errors import NotAuthenticated, StorageFull, TooManyRequests
from cinedex.observability import logger

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
IDEMPOTENCY_KEY = "idempotency-key"


@dataclass
class RequestContext:
    """One request: its id, whether its response has started, and the headers of the response."""

    send: Send
    request_id: str = field(default_factory=lambda: uuid4().hex)
    headers: dict[str, str] = field(
        default_factory=lambda: rate_headers(limit=0, remaining=0, resets_in_s=0, retry_after_s=0)
    )
    response_started: bool = False

    async def send_with_headers(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.response_started = True
            headers = MutableHeaders(scope=message)
            for name, value in {**self.headers, "X-Request-ID": self.request_id}.items():
                headers.setdefault(name, value)
        await self.send(message)


class RequestMiddleware:
    """ASGI middleware. `run_idempotent` is None for an application whose responses stream and cannot be stored.

    Routes under `idempotency_exempt_prefix` implement idempotency themselves.
    """

    def __init__(
        self,
        app: ASGIApp,
        authenticate: Callable[[], Authenticate],
        check_rate_limit: Callable[[], CheckRateLimit],
        record_key_use: Callable[[], RecordKeyUse],
        run_idempotent: Callable[[], RunIdempotent] | None,
        idempotency_exempt_prefix: str | None = None,
        stored_responses: StoredResponses = StoredResponses(()),
    ) -> None:
        self._app = app
        self._authenticate = authenticate
        self._check_rate_limit = check_rate_limit
        self._record_key_use = record_key_use
        self._idempotent_runner = run_idempotent
        self._idempotency_exempt_prefix = idempotency_exempt_prefix
        self._stored_responses = stored_responses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = RequestContext(send)
        scope[REQUEST_ID] = context.request_id
        logger.thread_safe_append_keys(request_id=context.request_id)  # kept in a context variable of this request
        try:
            await self._handle(scope, receive, context)
        except Exception as error:
            # The outermost loop of a request.
            expected = expected_error(error)
            if expected is None:
                logger.exception("request failed", request_id=context.request_id, path=scope["path"])
            if context.response_started:
                raise
            response = internal_error(scope) if expected is None else error_response(expected, scope)
            await response(scope, receive, context.send_with_headers)

    async def _handle(self, scope: Scope, receive: Receive, context: RequestContext) -> None:
        caller = await run_in_threadpool(self._authenticate_caller, scope, context)
        if caller is not None:
            logger.thread_safe_append_keys(account_id=caller.account_id)
        elif scope["path"] not in PUBLIC_PATHS:
            raise NotAuthenticated(scope.get(AUTH_ERROR) or API_KEY_REQUIRED)
        scope, receive = await decode_content(scope, receive)
        headers = Headers(scope=scope)
        if "json" in headers.get("content-type", ""):
            body = (await read_body(receive)).removeprefix(BYTE_ORDER_MARK)
            require_json(body)
            receive = buffered_receive(body, receive)
        if scope["method"] == "HEAD":
            await respond_to_head(self._app, scope, receive, context.send_with_headers)
            return
        key = headers.get(IDEMPOTENCY_KEY)
        if caller is None or key is None or not self._stores_responses(scope):
            await self._app(scope, receive, context.send_with_headers)
        else:
            await self._run_idempotent(caller, key, scope, receive, context.send_with_headers)

    def _stores_responses(self, scope: Scope) -> bool:
        prefix = self._idempotency_exempt_prefix
        exempt = prefix is not None and scope["path"].startswith(prefix)
        return self._idempotent_runner is not None and scope["method"] == "POST" and not exempt

    def _authenticate_caller(self, scope: Scope, context: RequestContext) -> Caller | None:
        """None for a request without a valid API key, which only public paths serve."""
        try:
            caller = identify(scope, self._authenticate)
        except NotAuthenticated as error:
            scope[AUTH_ERROR] = error.message
            return None
        scope[CALLER] = caller
        try:
            self._record_key_use()(caller)
            self._count_request(caller, context)
        except AWS_ERRORS as error:
            # On a full disk requests are not counted, so that reads are served; what a request writes is still refused.
            if not isinstance(expected_error(error), StorageFull):
                raise
        return caller

    def _count_request(self, caller: Caller, context: RequestContext) -> None:
        check = self._check_rate_limit()
        status = check(caller)
        resets_in_s = check.resets_in_s(status)
        context.headers = _rate_headers_of(status, resets_in_s)
        if not status.allowed:
            raise TooManyRequests(
                f"This API key has used up its {status.requests_max} requests; retry in {resets_in_s} s.",
                retry_after_s=resets_in_s,
            )

    async def _run_idempotent(self, caller: Caller, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._idempotent_runner is not None
        run, body = self._idempotent_runner(), await read_body(receive)
        fingerprint = await request_hash(Request(scope, buffered_receive(body, receive)), body)
        # The scope is part of the key: a caller of a lower scope must not get the response to one of a higher scope.
        scoped_key = IdempotencyKey(
            operation=IdempotentOperation.HTTP_REQUEST,
            account_id=caller.account_id,
            context=caller.scope.label,
            value=key,
        )
        outcome = await run_in_threadpool(run.begin, scoped_key, fingerprint)
        if isinstance(outcome, StoredResponse):
            repeat = self._stored_responses.repeated
            repeated = await run_in_threadpool(repeat, scope, caller.account_id, body, outcome)
            await stored_response(repeated)(scope, receive, send)
            return
        recorder = ResponseRecorder(send)
        try:
            await self._app(scope, buffered_receive(body, receive), recorder)
        finally:
            response = recorder.successful_response()
            stored = response and self._stored_responses.removed(scope, response)
            await run_in_threadpool(_conclude, run, outcome, stored)


def _conclude(run: RunIdempotent, reservation: IdempotencyRecord, response: StoredResponse | None) -> None:
    if response is None:
        run.release(reservation)
    else:
        run.complete(reservation, response)


def rate_headers(*, limit: int, remaining: int, resets_in_s: int, retry_after_s: int) -> dict[str, str]:
    return {
        "x-ratelimit-requests-limit": str(limit),
        "x-ratelimit-requests-remaining": str(remaining),
        "x-ratelimit-requests-reset": str(resets_in_s),
        "retry-after": str(retry_after_s),
    }


def _rate_headers_of(status: RateLimitStatus, resets_in_s: int) -> dict[str, str]:
    return rate_headers(
        limit=status.requests_max,
        remaining=status.remaining,
        resets_in_s=resets_in_s,
        retry_after_s=0 if status.allowed else resets_in_s,
    )
