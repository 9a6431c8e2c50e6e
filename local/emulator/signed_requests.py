"""Passes on only requests that are signed with the secret of this start, as AWS does; everything else is refused.

A client of the emulator may run programs as its user, so no request is exempt. The health check is answered here,
without data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from botocore.credentials import Credentials

from local.emulator.request_body import RequestBody
from local.emulator.signature import (
    PAYLOAD_HEADER,
    UNSIGNED_PAYLOAD,
    Claim,
    RequestHead,
    SignatureRefused,
    check_claim,
    check_signature,
    read_claim,
)
from local.own_address import Application, Headers, OwnAddress, Receive, Scope, Send, send_text

HEALTH_PATH = "/_ministack/health"
_STREAMED_PAYLOADS = (UNSIGNED_PAYLOAD, "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
_UNSIGNED_HEADERS = {
    *(b"accept", b"accept-encoding", b"cache-control", b"connection", b"content-length", b"content-md5", b"expect"),
    *(b"if-match", b"if-modified-since", b"if-none-match", b"if-range", b"if-unmodified-since", b"origin", b"range"),
    *(b"transfer-encoding", b"user-agent"),
}
"""Headers that the holder of a presigned URL chooses. Others could turn the request into one for another service."""
_FORM = b"application/x-www-form-urlencoded"
"""ministack reads parameters of any service in a body of this type."""

Response = tuple[int, dict[str, str], bytes]


class AwsAnswers(Protocol):
    """What the emulator itself answers; implemented with ministack, and by a fake in tests."""

    def refusal(self, head: RequestHead, refused: SignatureRefused) -> Response:
        """In the protocol of the service that the request is for."""
        ...

    def cors_headers(self, head: RequestHead) -> dict[str, str]:
        """By the CORS rules of the bucket in the path."""
        ...

    def preflight(self, head: RequestHead) -> Response: ...


@dataclass(frozen=True)
class SignedRequests:
    """Wraps the application of the emulator."""

    application: Application
    address: OwnAddress
    credentials: Credentials
    region: str
    answers: AwsAnswers
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._respond(scope, RequestBody(receive), send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.application(scope, receive, send)

    async def _respond(self, scope: Scope, body: RequestBody, send: Send) -> None:
        if refusal := self.address.host_refusal(scope["headers"]):
            await send_text(send, refusal.status, refusal.message)
            return
        if scope["path"] == HEALTH_PATH and scope["method"] == "GET":
            await send_text(send, 200)
            return
        head = RequestHead.of(scope)
        try:
            await self._pass_on(scope, head, body, send)
        except SignatureRefused as refused:
            await body.discard()
            await _send(send, head, self.answers.refusal(head, refused))

    async def _pass_on(self, scope: Scope, head: RequestHead, body: RequestBody, send: Send) -> None:
        claim = read_claim(head)
        if head.method == "OPTIONS":
            await _send(send, head, self._preflight(claim, head))
            return
        check_claim(claim, head, self.credentials.access_key, self.region, self.now())
        if claim.is_presigned:
            check_signature(claim, head, UNSIGNED_PAYLOAD, self.credentials)
            send = _replacing_cors(send, self.answers.cors_headers(head))
            await self.application({**scope, "headers": _passed_on(scope, claim)}, body.receive, send)
            return
        self._require_own_origin(scope)
        check_signature(claim, head, await _payload(claim, head, body), self.credentials)
        await self.application(scope, body.receive, _replacing_cors(send, {}))
        if body.differs:
            raise SignatureRefused("SignatureDoesNotMatch", f"The body is not the one of {PAYLOAD_HEADER}.")

    def _preflight(self, claim: Claim, head: RequestHead) -> Response:
        """The signature itself is not checked: it may include headers that only the request after this one has."""
        if not claim.is_presigned:
            raise SignatureRefused("MissingAuthenticationToken", "Only presigned URLs answer other origins.")
        method = head.headers.get("access-control-request-method", "")
        following = RequestHead(method, head.path, head.query, {"host": head.headers["host"]})
        check_claim(claim, following, self.credentials.access_key, self.region, self.now())
        return self.answers.preflight(head)

    def _require_own_origin(self, scope: Scope) -> None:
        if refusal := self.address.origin_refusal(scope["headers"]):
            raise SignatureRefused("AccessDenied", refusal.message)


async def _payload(claim: Claim, head: RequestHead, body: RequestBody) -> str:
    """The hash that the signature contains; S3 declares it in a header, so that bodies need not be kept."""
    declared = head.headers.get(PAYLOAD_HEADER)
    if declared is None:
        return await body.sha256()
    if claim.service != "s3" or declared not in _STREAMED_PAYLOADS:
        body.expect(declared)
    return declared


def _passed_on(scope: Scope, claim: Claim) -> list[tuple[bytes, bytes]]:
    allowed = _UNSIGNED_HEADERS | {name.encode() for name in claim.signed_headers}
    return [
        (name, value)
        for name, value in scope["headers"]
        if name.lower() in allowed and not (name.lower() == b"content-type" and value.lower().startswith(_FORM))
    ]


def _replacing_cors(send: Send, cors: Mapping[str, str]) -> Send:
    """ministack allows every origin in every response."""

    async def send_replaced(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _with_cors(message.get("headers", ()), cors)}
        await send(message)

    return send_replaced


def _with_cors(headers: Headers, cors: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if not name.lower().startswith(b"access-control-")]
    return kept + _encoded(cors)


async def _send(send: Send, head: RequestHead, response: Response) -> None:
    status, headers, content = response
    shown = {name.lower(): str(value) for name, value in headers.items()}
    if head.method != "HEAD":
        shown["content-length"] = str(len(content))
    await send({"type": "http.response.start", "status": status, "headers": _encoded(shown)})
    await send({"type": "http.response.body", "body": b"" if head.method == "HEAD" else content})


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), str(value).encode("utf-8")) for name, value in headers.items()]
