"""The emulator answers only requests that are signed with the secret of its start, as AWS does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

from local.emulator.access import ACCESS_KEY, REGION, EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.emulator.signature import RequestHead, SignatureRefused
from local.emulator.signed_requests import Response, SignedRequests
from local.own_address import OwnAddress, Receive, Scope, Send

PORT = 4566
ACCESS = EmulatorAccess.create(PORT)
OTHER = EmulatorAccess.create(PORT)
ORIGIN = ("origin", "http://evil.example")
KEY = "uploads/a b/clip with ünïcode+(1).mp4"


@dataclass
class Request:
    """As it is received."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    @classmethod
    def of(cls, sent: AWSPreparedRequest) -> Request:
        url = urlsplit(sent.url)
        body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
        content = body if isinstance(body, bytes) else body.read()
        headers = {name: _text(value) for name, value in sent.headers.items()}
        return cls(sent.method, f"{url.path}?{url.query}", [("host", url.netloc), *headers.items()], content)

    @classmethod
    def with_url(cls, method: str, url: str, *headers: tuple[str, str], body: bytes = b"") -> Request:
        parts = urlsplit(url)
        return cls(method, f"{parts.path}?{parts.query}", [("host", parts.netloc), *headers], body)


@dataclass
class Emulator:
    """Counts what reaches it, allows every origin, and answers refusals with their code."""

    reached: list[Scope] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message["body"], message["more_body"]
        self.reached.append(scope)
        self.bodies.append(body)
        headers = [(b"access-control-allow-origin", b"*"), (b"etag", b"e")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data"})

    def refusal(self, head: RequestHead, refused: SignatureRefused) -> Response:
        return 403, {}, refused.code.encode()

    def cors_headers(self, head: RequestHead) -> dict[str, str]:
        return {"Access-Control-Allow-Origin": "of the bucket"} if "origin" in head.headers else {}

    def preflight(self, head: RequestHead) -> Response:
        return 200, {"Access-Control-Allow-Methods": "of the bucket"}, b""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


def ask(emulator: Emulator, request: Request, at: datetime | None = None, chunk: int = 7) -> Answer:
    path, _, query = request.target.partition("?")
    scope = {
        "type": "http",
        "method": request.method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in request.headers],
    }
    starts = range(0, max(1, len(request.body)), chunk)
    unread = [
        {"type": "http.request", "body": request.body[s : s + chunk], "more_body": s != starts[-1]} for s in starts
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return unread.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    credentials = Credentials(ACCESS_KEY, ACCESS.secret)
    guarded = SignedRequests(emulator, OwnAddress(PORT), credentials, REGION, emulator, lambda: at or datetime.now(UTC))
    asyncio.run(guarded(scope, receive, send))
    start, *rest = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(message["body"] for message in rest).decode())


def signed(call: Callable[[EmulatorClients], Any], access: EmulatorAccess = ACCESS) -> Request:
    """What boto3 sends for a call."""
    clients, sent = EmulatorClients(access), []

    def intercept(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        sent.append(Request.of(request))
        raise StopIteration

    clients.session.events.register("before-send", intercept)
    with pytest.raises(StopIteration):
        call(clients)
    return sent[0]


@cache
def s3_of(access: EmulatorAccess) -> Any:
    """One for all tests: to make a client, boto3 parses the description of the service."""
    return EmulatorClients(access).s3


def presigned(operation: str, *, expires_s: int = 60, access: EmulatorAccess = ACCESS, **parameters: Any) -> str:
    s3 = s3_of(access)
    given = {"Bucket": "media", "Key": KEY, **parameters}
    return str(s3.generate_presigned_url(operation, Params=given, ExpiresIn=expires_s))


CALLS: dict[str, Callable[[EmulatorClients], Any]] = {
    "buckets": lambda c: c.s3.list_buckets(),
    "put": lambda c: c.s3.put_object(Bucket="media", Key=KEY, Body=b"some bytes of a film", ContentType="video/mp4"),
    "copy": lambda c: c.s3.copy_object(Bucket="media", Key="b", CopySource={"Bucket": "media", "Key": KEY}),
    "list": lambda c: c.s3.list_objects_v2(Bucket="media", Prefix="ü /&?=+", Delimiter="/"),
    "parts": lambda c: c.s3.create_multipart_upload(Bucket="media", Key=KEY, Metadata={"name": "a  b"}),
    "scan": lambda c: c.dynamodb.scan(TableName="library"),
    "invoke": lambda c: c.functions.invoke(
        FunctionName="arn:aws:lambda:us-east-1:000000000000:function:f", Payload=b"{}"
    ),
    "stacks": lambda c: c.cloudformation.describe_stacks(StackName="cinedex local"),
    "tasks": lambda c: c.session.client("sqs", endpoint_url=c.endpoint_url).send_message(
        QueueUrl=c.endpoint_url + "/000000000000/tasks", MessageBody="do it"
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_boto3_signs_with_the_secret_reaches_the_emulator(emulator: Emulator, name: str) -> None:
    request = signed(CALLS[name])
    assert ask(emulator, request).status == 200
    assert emulator.bodies == [request.body]


@pytest.mark.parametrize("name", CALLS)
def test_what_is_signed_with_another_secret_is_refused(emulator: Emulator, name: str) -> None:
    answer = ask(emulator, signed(CALLS[name], OTHER))
    assert (answer.status, answer.text, emulator.reached) == (403, "SignatureDoesNotMatch", [])


@pytest.mark.parametrize("name", CALLS)
def test_what_is_not_signed_is_refused(emulator: Emulator, name: str) -> None:
    request = signed(CALLS[name])
    request.headers = [(n, v) for n, v in request.headers if n.lower() != "authorization"]
    assert ask(emulator, request).text == "MissingAuthenticationToken"
    assert emulator.reached == []


@pytest.mark.parametrize("name", CALLS)
def test_another_body_path_query_or_method_is_refused(emulator: Emulator, name: str) -> None:
    request = signed(CALLS[name])
    changes: list[dict[str, Any]] = [
        {"body": request.body + b"x"},
        {"target": request.target.replace("?", "x?")},
        {"target": request.target + "&x=1"},
        {"method": "DELETE"},
    ]
    for change in changes:
        assert ask(emulator, Request(**{**vars(request), **change})).text == "SignatureDoesNotMatch", change
    assert emulator.reached == []


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("shift", [timedelta(minutes=16), -timedelta(minutes=16)])
def test_a_signature_with_a_stale_or_future_date_is_refused(emulator: Emulator, name: str, shift: timedelta) -> None:
    answer = ask(emulator, signed(CALLS[name]), at=datetime.now(UTC) + shift)
    assert (answer.text, emulator.reached) == ("RequestTimeTooSkewed", [])


def test_a_header_of_aws_that_is_not_signed_is_refused(emulator: Emulator) -> None:
    """It could make a request of S3 one of DynamoDB."""
    request = signed(CALLS["buckets"])
    request.headers.append(("X-Amz-Target", "DynamoDB_20120810.Scan"))
    assert ask(emulator, request).text == "AccessDenied"


@pytest.mark.parametrize(
    "path",
    ["/_ministack/reset", "/_ministack/config", "/_ministack/ready", "/_localstack/health", "/health", "/media/key"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "HEAD"])
def test_no_other_route_answers_without_a_signature(emulator: Emulator, method: str, path: str) -> None:
    answer = ask(emulator, Request(method, path, [("host", f"127.0.0.1:{PORT}")]))
    assert (answer.status, emulator.reached) == (403, [])


def test_the_health_check_answers_without_data(emulator: Emulator) -> None:
    answer = ask(emulator, Request("GET", "/_ministack/health", [("host", f"127.0.0.1:{PORT}")]))
    assert (answer.status, answer.text, emulator.reached) == (200, "", [])


def test_a_rebound_name_is_misdirected_even_with_a_signature(emulator: Emulator) -> None:
    request = signed(CALLS["buckets"])
    request.headers = [("host", "rebind.evil.example"), *request.headers[1:]]
    assert ask(emulator, request).status == 421


def test_a_page_of_another_origin_is_refused_even_with_a_signature_in_a_header(emulator: Emulator) -> None:
    request = signed(CALLS["buckets"])
    request.headers.append(ORIGIN)
    assert ask(emulator, request).text == "AccessDenied"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("AWS4-HMAC-SHA256", "IncompleteSignature"),
        ("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=0", "IncompleteSignature"),
        ("AWS a:b", "UnsupportedSignature"),
        ("AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=0", "UnsupportedSignature"),
        ("Bearer token", "UnsupportedSignature"),
    ],
)
def test_an_incomplete_or_other_signature_is_refused(emulator: Emulator, authorization: str, code: str) -> None:
    request = signed(CALLS["scan"])
    request.headers = [(n, authorization if n == "Authorization" else v) for n, v in request.headers]
    assert ask(emulator, request).text == code


def test_another_access_key_is_unknown(emulator: Emulator) -> None:
    request = signed(CALLS["scan"])
    request.headers = [(n, v.replace(f"Credential={ACCESS_KEY}", "Credential=test")) for n, v in request.headers]
    assert ask(emulator, request).text == "UnrecognizedClientException"


def test_a_client_that_sends_a_body_gets_its_refusal(emulator: Emulator) -> None:
    """All of the body is read before the answer."""
    request = Request("PUT", "/media/key", [("host", f"127.0.0.1:{PORT}")], body=b"x" * 100)
    assert ask(emulator, request).status == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_presigned_url_is_read_with_a_range_and_by_any_page(emulator: Emulator, method: str) -> None:
    operation = {"GET": "get_object", "HEAD": "head_object"}[method]
    request = Request.with_url(method, presigned(operation), ORIGIN, ("range", "bytes=0-9"), ("cookie", "a=b"))
    answer = ask(emulator, request)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "of the bucket")
    (scope,) = emulator.reached
    assert {name for name, _ in scope["headers"]} == {b"host", b"origin", b"range"}


def test_other_origins_are_allowed_in_no_other_response(emulator: Emulator) -> None:
    signed_answer = ask(emulator, signed(CALLS["buckets"]))
    presigned_answer = ask(emulator, Request.with_url("GET", presigned("get_object")))
    assert "access-control-allow-origin" not in signed_answer.headers | presigned_answer.headers


def test_a_file_and_a_part_are_stored_at_presigned_urls(emulator: Emulator) -> None:
    urls = {
        presigned("put_object", ContentType="video/mp4"): ("content-type", "video/mp4"),
        presigned("upload_part", UploadId="u", PartNumber=2): ("accept", "*/*"),
    }
    for url, header in urls.items():
        assert ask(emulator, Request.with_url("PUT", url, header, body=b"film")).status == 200
    assert emulator.bodies == [b"film", b"film"]


def test_a_file_of_another_type_than_the_signed_one_is_refused(emulator: Emulator) -> None:
    url = presigned("put_object", ContentType="video/mp4")
    request = Request.with_url("PUT", url, ("content-type", "text/html"), body=b"film")
    assert ask(emulator, request).text == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda url: url.split("?")[0], "MissingAuthenticationToken"),
        (lambda url: url.replace("clip", "other"), "SignatureDoesNotMatch"),
        (lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"), "SignatureDoesNotMatch"),
        (lambda url: url + "&acl", "SignatureDoesNotMatch"),
        (lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"), "SignatureDoesNotMatch"),
        (lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=604801"), "IncompleteSignature"),
        (lambda url: url.replace("X-Amz-Expires=60", ""), "IncompleteSignature"),
        (lambda url: url.replace("X-Amz-Signature", "x-amz-signature"), "MissingAuthenticationToken"),
        (lambda url: url.replace("%2Fs3%2F", "%2Fdynamodb%2F"), "UnsupportedSignature"),
        (lambda url: url.replace("us-east-1", "eu-west-1"), "CredentialDateMismatch"),
    ],
)
def test_a_presigned_url_is_valid_only_as_it_was_signed(
    emulator: Emulator, change: Callable[[str], str], code: str
) -> None:
    assert ask(emulator, Request.with_url("GET", change(presigned("get_object")))).text == code
    assert emulator.reached == []


def test_a_presigned_url_is_for_one_method(emulator: Emulator) -> None:
    url = presigned("get_object")
    assert ask(emulator, Request.with_url("PUT", url, body=b"film")).text == "SignatureDoesNotMatch"
    assert ask(emulator, Request.with_url("DELETE", url)).text == "UnsupportedSignature"


@pytest.mark.parametrize(
    ("at_s", "code"), [(59, "data"), (61, "RequestExpired"), (-600, "data"), (-960, "AccessDenied")]
)
def test_a_presigned_url_has_a_beginning_and_an_end(emulator: Emulator, at_s: int, code: str) -> None:
    request = Request.with_url("GET", presigned("get_object"))
    assert ask(emulator, request, at=datetime.now(UTC) + timedelta(seconds=at_s)).text == code


def test_a_presigned_url_is_no_request_for_another_service(emulator: Emulator) -> None:
    url = presigned("upload_part", UploadId="u", PartNumber=1)
    target = Request.with_url("PUT", url, ("x-amz-target", "DynamoDB_20120810.Scan"), body=b"{}")
    assert ask(emulator, target).text == "AccessDenied"
    form = ("content-type", "application/x-www-form-urlencoded")
    assert ask(emulator, Request.with_url("PUT", url, form, body=b"Action=ListQueues")).status == 200
    (scope,) = emulator.reached
    assert b"content-type" not in dict(scope["headers"])


def test_two_signatures_in_one_request_are_refused(emulator: Emulator) -> None:
    authorization = next(v for n, v in signed(CALLS["buckets"]).headers if n == "Authorization")
    request = Request.with_url("GET", presigned("get_object"), ("authorization", authorization))
    assert ask(emulator, request).text == "IncompleteSignature"


def test_an_older_kind_of_signature_is_refused(emulator: Emulator) -> None:
    clients = EmulatorClients(ACCESS)
    old = clients.session.client("s3", endpoint_url=clients.endpoint_url, config=Config(signature_version="s3"))
    url = old.generate_presigned_url("get_object", Params={"Bucket": "media", "Key": KEY})
    assert ask(emulator, Request.with_url("GET", url)).text == "UnsupportedSignature"


def test_a_browser_may_ask_first_with_a_valid_url_only(emulator: Emulator) -> None:
    asks = (ORIGIN, ("access-control-request-method", "PUT"), ("access-control-request-headers", "content-type"))
    url = presigned("put_object", ContentType="video/mp4")
    allowed = ask(emulator, Request.with_url("OPTIONS", url, *asks))
    assert allowed.headers["access-control-allow-methods"] == "of the bucket"
    for refused in (url.split("?")[0], url.replace(ACCESS_KEY, "test")):
        assert "access-control-allow-methods" not in ask(emulator, Request.with_url("OPTIONS", refused, *asks)).headers
    late = ask(emulator, Request.with_url("OPTIONS", url, *asks), at=datetime.now(UTC) + timedelta(seconds=61))
    assert late.text == "RequestExpired"


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
