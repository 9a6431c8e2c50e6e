"""AWS Signature Version 4: what a request says about its signature, and the signature computed again by botocore.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.own_address import Scope

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
PAYLOAD_HEADER = "x-amz-content-sha256"
SKEW = timedelta(minutes=15)
EXPIRES_MAX_S = 7 * 24 * 3600
SIGNATURE_PARAMETER = "X-Amz-Signature"
_TIMESTAMP = "%Y%m%dT%H%M%SZ"


class SignatureRefused(Exception):
    """`code` is a name of ministack's table of failures, which has the code, status and message of each service."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class RequestHead:
    """A request without its body; names of headers are in lower case, and repeated ones are joined by commas."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]

    @classmethod
    def of(cls, scope: Scope) -> RequestHead:
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), _decoded(raw_value)
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        query = parse_qsl(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
        return cls(scope["method"], scope["raw_path"].decode("latin-1"), tuple(query), headers)


@dataclass(frozen=True)
class Claim:
    """What a request says about its signature; `expires_s` is None for a signature in the Authorization header."""

    access_key: str
    scope: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    expires_s: int | None = None

    @property
    def is_presigned(self) -> bool:
        return self.expires_s is not None


def read_claim(head: RequestHead) -> Claim:
    """Raises `SignatureRefused` without a complete signature of Version 4, and with two signatures."""
    authorization, query = head.headers.get("authorization"), dict(head.query)
    if authorization is not None and SIGNATURE_PARAMETER in query:
        raise _incomplete("Only one authentication mechanism is allowed.")
    if authorization is not None:
        return _from_header(authorization, head.headers.get("x-amz-date", ""))
    if SIGNATURE_PARAMETER in query:
        return _from_query(query)
    if {"Signature", "AWSAccessKeyId"} & query.keys():
        raise _unsupported()
    raise SignatureRefused("MissingAuthenticationToken", "Request is missing Authentication Token")


def check_claim(claim: Claim, head: RequestHead, access_key: str, region: str, now: datetime) -> None:
    """Everything but the signature itself. Raises `SignatureRefused`."""
    if claim.access_key != access_key:
        raise SignatureRefused("UnrecognizedClientException", "The security token included in the request is invalid.")
    if claim.scope != f"{claim.timestamp[:8]}/{region}/{claim.service}/aws4_request":
        raise SignatureRefused("CredentialDateMismatch", "The credential scope has another date or region.")
    _check_time(claim, now)
    if claim.is_presigned and (claim.service != "s3" or head.method not in ("GET", "HEAD", "PUT")):
        raise _unsupported()
    unsigned = [name for name in head.headers if name.startswith("x-amz-") and name not in claim.signed_headers]
    if unsigned or "host" not in claim.signed_headers:
        raise SignatureRefused(
            "AccessDenied" if claim.service == "s3" else "SignatureDoesNotMatch",
            f"There were headers present in the request which were not signed: {', '.join(unsigned) or 'host'}",
        )


def check_signature(claim: Claim, head: RequestHead, payload_sha256: str, credentials: Credentials) -> None:
    """Raises `SignatureRefused` when the signature of the request is not that of `credentials`."""
    if not hmac.compare_digest(_computed(claim, head, payload_sha256, credentials), claim.signature.encode()):
        message = (
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method."
        )
        raise SignatureRefused("SignatureDoesNotMatch", message)


def _computed(claim: Claim, head: RequestHead, payload_sha256: str, credentials: Credentials) -> bytes:
    _, region, service, _ = claim.scope.split("/")
    signer = (_S3Signer if service == "s3" else _Signer)(credentials, service, region)
    request = AWSRequest(
        method=head.method,
        url=f"http://{head.headers['host']}{head.path}?{_query_to_sign(head)}",
        headers={name: head.headers.get(name, "") for name in claim.signed_headers},
    )
    request.context.update(timestamp=claim.timestamp, payload_sha256=payload_sha256)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signature: str = signer.signature(text, request)
    return signature.encode()


def _query_to_sign(head: RequestHead) -> str:
    return urlencode([pair for pair in head.query if pair[0] != SIGNATURE_PARAMETER], quote_via=quote, safe="~")


class _Signer(SigV4Auth):
    def payload(self, request: Any) -> str:
        return str(request.context["payload_sha256"])


class _S3Signer(S3SigV4Auth):
    """S3 encodes the path once, independent of how the client wrote it."""

    def payload(self, request: Any) -> str:
        return str(request.context["payload_sha256"])

    def _normalize_url_path(self, path: str) -> str:
        return quote(unquote(path), safe="/~")


def _from_header(authorization: str, timestamp: str) -> Claim:
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise _unsupported()
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    return _claim(
        fields.get("Credential"), fields.get("SignedHeaders"), fields.get("Signature"), timestamp, expires_s=None
    )


def _from_query(query: Mapping[str, str]) -> Claim:
    if query.get("X-Amz-Algorithm") != ALGORITHM:
        raise _unsupported()
    expires = query.get("X-Amz-Expires", "")
    if not (expires.isascii() and expires.isdigit()) or not 1 <= int(expires) <= EXPIRES_MAX_S:
        raise _incomplete(f"X-Amz-Expires must be a number from 1 to {EXPIRES_MAX_S}.")
    names = ("X-Amz-Credential", "X-Amz-SignedHeaders", SIGNATURE_PARAMETER)
    credential, signed_headers, signature = (query.get(name) for name in names)
    return _claim(credential, signed_headers, signature, query.get("X-Amz-Date", ""), expires_s=int(expires))


def _claim(
    credential: str | None, signed_headers: str | None, signature: str | None, timestamp: str, expires_s: int | None
) -> Claim:
    if not credential or not signed_headers or not signature or _time_of(timestamp) is None:
        raise _incomplete("A signature needs Credential, SignedHeaders, Signature and X-Amz-Date.")
    access_key, _, scope = credential.partition("/")
    if scope.count("/") != 3:
        raise _incomplete("Credential must have exactly 5 slash-delimited elements.")
    return Claim(
        access_key, scope, scope.split("/")[2], tuple(signed_headers.split(";")), signature, timestamp, expires_s
    )


def _check_time(claim: Claim, now: datetime) -> None:
    signed_at = _time_of(claim.timestamp)
    assert signed_at is not None
    if claim.expires_s is None:
        if abs(now - signed_at) > SKEW:
            message = f"Signature expired: {claim.timestamp} is more than {SKEW} from {now.strftime(_TIMESTAMP)}"
            raise SignatureRefused("RequestTimeTooSkewed", message)
    elif now >= signed_at + timedelta(seconds=claim.expires_s):
        raise SignatureRefused("RequestExpired", "Request has expired")
    elif signed_at > now + SKEW:
        raise SignatureRefused("AccessDenied", "Request is not yet valid")


def _time_of(timestamp: str) -> datetime | None:
    try:
        return datetime.strptime(timestamp, _TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _incomplete(message: str) -> SignatureRefused:
    return SignatureRefused("IncompleteSignature", message)


def _unsupported() -> SignatureRefused:
    return SignatureRefused("UnsupportedSignature", f"The signature must be {ALGORITHM}, in a request that may use it.")
