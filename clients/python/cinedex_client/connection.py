"""One HTTP connection to a deployment: its API key, its retries, its errors."""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx

from cinedex_client.errors import ClientError, Overloaded, Unreachable, WrongUsage, error_of
from cinedex_client.loopback import is_loopback

Json = dict[str, Any]
Pause = Callable[[float], None]

ATTEMPTS_MAX = 4
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_RETRYABLE_STATUS = frozenset({429, 500, 502, 503, 504})
_SERVER_TIMING = re.compile(r"(?:^|,)\s*([\w-]+)\s*;\s*dur=([\d.]+)")
_PORT_MAX = 65535
_NO_ANSWER = "Try again in a moment. If this is the stack on this machine, `cinedex doctor` examines it."
_VISIBLE_ASCII = re.compile(r"[!-~]*")
_STORAGE_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
_API_TIMEOUT = httpx.Timeout(60.0, connect=5.0, read=35.0)
"""API Gateway answers within 30 seconds, whatever happens behind it."""
SILENT_S_MAX = 60.0
"""A request that got no answer is not sent again later than this after its first attempt."""


class Connection:
    """Sends requests under one base URL; safe to share between threads.

    A request that fails with 429 or 5xx, or whose connection breaks, is sent up to `ATTEMPTS_MAX` times. The pause in
    between is the `Retry-After` of the response, or random with a doubling maximum ("full jitter", AWS Architecture
    Blog, 2015). POST is retried too: the API starts an analysis once, and an upload that is never completed expires.

    Raises:
        WrongUsage: the URL or the key is malformed.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        transport: httpx.BaseTransport | None = None,
        pause: Pause = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not _VISIBLE_ASCII.fullmatch(key):
            raise WrongUsage("The API key contains invalid characters.", hint="Check --key or CINEDEX_API_KEY.")
        headers = {"X-Api-Key": key} if key else {}
        # The stack on this machine is never behind a proxy, and its files are on this machine too.
        proxied = not is_loopback(_host(url))
        self._api = httpx.Client(
            base_url=url, headers=headers, timeout=_API_TIMEOUT, transport=transport, trust_env=proxied
        )
        # Presigned URLs contain their own permission. A client without the key never sends the key to another host.
        self._storage = httpx.Client(timeout=_STORAGE_TIMEOUT, transport=transport, trust_env=proxied)
        self._pause, self._clock = pause, clock

    @property
    def url(self) -> str:
        return str(self._api.base_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._api.close()
        self._storage.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Json:
        query = {name: value for name, value in (params or {}).items() if value is not None}
        return self._json(lambda: self._api.get(path, params=query))

    def get_list(self, path: str, params: Mapping[str, Any] | None = None) -> list[Any]:
        """A response that is an array."""
        query = {name: value for name, value in (params or {}).items() if value is not None}
        response = self._send(lambda: self._api.get(path, params=query))
        found: list[Any] = _document(response, list)
        return found

    @contextmanager
    def lines(self, path: str, params: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Iterator[str]]:
        """The lines of a stream. Reading them raises `httpx.TransportError` when the connection breaks."""
        timeout = httpx.Timeout(60.0, connect=5.0)
        try:
            with self._api.stream("GET", path, params=dict(params), headers=dict(headers), timeout=timeout) as response:
                if response.is_error:
                    response.read()
                yield _successful(response).iter_lines()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _unreachable(error) from error

    def get_text(self, path: str, params: Mapping[str, Any] | None = None) -> str:
        """The body of a response that is a file of text in UTF-8."""
        query = {name: value for name, value in (params or {}).items() if value is not None}
        return self._send(lambda: self._api.get(path, params=query)).content.decode()

    def post(self, path: str, body: Json) -> Json:
        return self._json(lambda: self._api.post(path, json=body))

    def patch(self, path: str, body: Json) -> Json:
        return self._json(lambda: self._api.patch(path, json=body))

    def post_and_time(self, path: str, body: Json) -> tuple[Json, dict[str, float]]:
        """Also the milliseconds of each stage in the `Server-Timing` header (W3C); empty without the header."""
        response = self._send(lambda: self._api.post(path, json=body))
        stages = _SERVER_TIMING.findall(response.headers.get("server-timing", ""))
        return _document(response), {stage: float(ms) for stage, ms in stages}

    def post_form(self, path: str, fields: Mapping[str, str]) -> Json:
        return self._json(lambda: self._api.post(path, data=fields))

    def delete(self, path: str) -> Json:
        return self._json(lambda: self._api.delete(path))

    def put_presigned(self, url: str, content: Callable[[], Any], headers: Mapping[str, str]) -> httpx.Response:
        """Store bytes at a presigned URL; `content` is called once for each attempt."""
        return self._send(
            lambda: self._storage.put(url, content=content(), headers=dict(headers)), silent_s_max=math.inf
        )

    def _json(self, request: Callable[[], httpx.Response]) -> Json:
        document: Json = _document(self._send(request))
        return document

    def _send(self, request: Callable[[], httpx.Response], silent_s_max: float = SILENT_S_MAX) -> httpx.Response:
        began = self._clock()
        for attempt in range(1, ATTEMPTS_MAX + 1):
            outcome = _attempt(request)
            is_last = attempt == ATTEMPTS_MAX
            if isinstance(outcome, httpx.Response):
                if is_last or outcome.status_code not in _RETRYABLE_STATUS:
                    return _successful(outcome)
            elif is_last or self._clock() - began >= silent_s_max:
                break
            self._pause(_pause_s(outcome, attempt))
        raise Overloaded(f"The deployment did not answer in {attempt} attempts: {outcome}.", hint=_NO_ANSWER)


def _host(url: str) -> str:
    try:
        parsed = httpx.URL(url)
        parsed.raw_host.decode("ascii").encode(
            "idna"
        )  # the socket module encodes it, and rejects empty and long labels
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _malformed(url) from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or (parsed.port or 0) > _PORT_MAX:
        raise _malformed(url)
    return parsed.host


def _malformed(url: str) -> WrongUsage:
    return WrongUsage(
        f"The address {url} must begin with http:// or https:// and name a host.", hint="Check --url or CINEDEX_URL."
    )


def _document(response: httpx.Response, kind: type[Any] = dict) -> Any:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, kind):
        raise ClientError(
            f"The response of {response.request.url.host} is not one of a Cinedex deployment.",
            hint="Check the address given with --url or CINEDEX_URL.",
        )
    return body


def _attempt(request: Callable[[], httpx.Response]) -> httpx.Response | httpx.TransportError:
    try:
        return request()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        raise _unreachable(error) from error
    except httpx.TransportError as error:
        return error


def _unreachable(error: httpx.TransportError) -> Unreachable:
    url = error.request.url
    return Unreachable(
        f"No deployment answers at {url.scheme}://{url.netloc.decode()}.",
        hint="Start the stack with `cinedex up`, or give another address with --url or CINEDEX_URL.",
    )


def _successful(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise error_of(response)
    return response


def _pause_s(outcome: httpx.Response | httpx.TransportError, attempt: int) -> float:
    retry_after = outcome.headers.get("retry-after", "") if isinstance(outcome, httpx.Response) else ""
    if retry_after.isdigit() and int(retry_after) > 0:
        return min(float(retry_after), _LONGEST_PAUSE_S)
    return random.uniform(0, min(_FIRST_PAUSE_S * 2 ** (attempt - 1), _LONGEST_PAUSE_S))
