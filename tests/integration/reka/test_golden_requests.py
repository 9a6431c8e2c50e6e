"""What the gateway answers is what the handlers return under AWS's own runtime client, for a list of requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from local.emulator import launch
from local.emulator.access import EmulatorAccess
from local.gateway.event import HttpRequest, authorizer_event_of, event_of, response_of, with_authorizer
from local.gateway.routing import Router
from local.stack import RunningStack
from tests.support.runtime_api import AwsRuntime, aws_runtime

JSON = {"content-type": "application/json"}
REQUESTS: list[tuple[str, str, dict[str, str], bytes]] = [
    ("GET", "/health", {}, b""),
    ("GET", "/openapi.json", {}, b""),
    ("GET", "/v2/features", {}, b""),
    ("HEAD", "/v2/features", {}, b""),
    ("GET", "/v2/videos", {}, b""),
    ("GET", "/v2/videos?page_size=1", {}, b""),
    ("GET", "/v2/videos/0198d9e0-0000-7000-8000-000000000000", {}, b""),
    ("GET", "/v2/videos/a%20b/transcript", {}, b""),
    ("GET", "/v2/video-groups", {}, b""),
    ("GET", "/v2/usage", {}, b""),
    ("GET", "/v2/api-keys", {"x-api-key": "sk_live_wrong"}, b""),
    ("GET", "/v2/nothing", {}, b""),
    ("DELETE", "/v2/features", {}, b""),
    ("POST", "/v2/video-groups", JSON, b"{}"),
    ("POST", "/v2/video-groups", JSON, b"not json"),
    ("POST", "/v2/video-groups", JSON, '{"name": 7, "ümläut": "🐈"}'.encode()),
    ("POST", "/v2/videos", {"content-type": "multipart/form-data; boundary=x"}, b"--x\r\n\xff\xfe\r\n--x--\r\n"),
    ("POST", "/v2/search", JSON, b"{}"),
    ("POST", "/v2/search", JSON, b'{"query": "a cat", "video_ids": ["0198d9e0-0000-7000-8000-000000000000"]}'),
    ("GET", "/api/v2/chat/sessions", {}, b""),
    ("GET", "/api/v2/chat/sessions/nothing", {"authorization": "Bearer x", "x-api-key": ""}, b""),
]
VARYING = re.compile(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:.]+Z|\"(total|used|requests?|reset\w*|last_used_at)\": ?[^,}]+")
"""Ids of requests, the present time, and what each request changes."""
VARYING_HEADERS = {"x-request-id", "content-length", "server-timing"} | {
    f"x-ratelimit-requests-{name}" for name in ("remaining", "reset")
}
OF_THE_GATEWAY = {"date", "server", "vary"}


class AwsPath:
    """The same authorizer and functions, each in a process of AWS's runtime client."""

    def __init__(self, stack: RunningStack, opened: ExitStack) -> None:
        self._stack, self._opened = stack, opened
        self._router = Router(stack.deployment.api.routes)
        self._runtimes: dict[str, AwsRuntime] = {}

    def answer(self, request: HttpRequest) -> Any:
        match = self._router.match(request.method, request.path)
        assert match is not None
        event = event_of(request, match)
        if match.route.authorizer is not None:
            caller = self._invoke(match.route.authorizer, authorizer_event_of(event))
            event = with_authorizer(event, caller["context"])
        return response_of(self._invoke(match.route.function, event))

    def _invoke(self, function: str, event: Any) -> Any:
        if function not in self._runtimes:
            self._runtimes[function] = self._opened.enter_context(self._runtime(function))
        kind, result = self._runtimes[function].invoke(event)
        assert kind == "response", result
        return result

    def _runtime(self, function: str) -> Any:
        name = self._stack.deployment.functions[function]
        configuration = self._stack.emulator.functions.get_function_configuration(FunctionName=name)
        environment = launch.client_environment(EmulatorAccess.of_running_stack(self._stack.home))
        variables = configuration.get("Environment", {}).get("Variables", {})
        return aws_runtime(configuration["Handler"], {**environment, **variables, "AWS_LAMBDA_FUNCTION_NAME": name})


@pytest.fixture(scope="module")
def aws(stack: RunningStack) -> Iterator[AwsPath]:
    with ExitStack() as opened:
        yield AwsPath(stack, opened)


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_an_answer_of_the_gateway_is_that_of_the_runtime_of_aws(stack: RunningStack, aws: AwsPath, number: int) -> None:
    method, target, own, body = REQUESTS[number]
    headers = {"host": httpx.URL(stack.url).netloc.decode(), "x-api-key": stack.api_key or "", "accept": "*/*", **own}
    answer = httpx.request(method, stack.url + target, headers=headers, content=body, timeout=60, trust_env=False)
    url = httpx.URL(stack.url + target)
    request = HttpRequest(
        method=method,
        path=url.raw_path.split(b"?")[0].decode(),
        query=url.query.decode(),
        query_parameters=tuple(url.params.multi_items()),
        headers=tuple(headers.items()),
        body=body,
        source_ip="127.0.0.1",
        request_id="0" * 32,
        received_at=datetime.now(UTC),
    )
    expected = aws.answer(request)
    assert answer.status_code == expected.status_code
    assert comparable(dict(answer.headers)) == comparable(dict(expected.headers))
    if method != "HEAD":
        assert VARYING.sub("…", answer.text) == VARYING.sub("…", expected.body.decode())


def comparable(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in VARYING_HEADERS | OF_THE_GATEWAY}
