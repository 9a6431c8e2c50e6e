"""Downloads from the open web with httpx: public addresses only, redirects checked again, size and time capped.

A broken download resumes where it stopped, if the server can prove that the file is the same.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import httpx

from cinedex.adapters.web.iterator_reader import ChunkReader
from cinedex.adapters.web.proxy import PROXY, ProxyTransport, proxy_for
from cinedex.adapters.web.public_address import Address, addresses_of, is_public, reached_by
from cinedex.kernel.errors import MediaError
from cinedex.kernel.retry import RetryPolicy, Sleep
from cinedex.library.ports.web_download import Download, ResumePoint

REDIRECTS_MAX = 5
RESUME = RetryPolicy(attempts_max=6, pause_s=0.1, pause_s_max=3.2)
STRONG_DATE_S = 60
TIMEOUT = httpx.Timeout(20.0, connect=10.0)


class HttpxWebDownload:
    """`WebDownload`.

    A name is resolved once, every address it has must be public, and the connection goes to the address that was
    checked: a name that changes its mind between check and use (DNS rebinding) gains nothing. Behind a proxy, which
    resolves names itself, an address that this machine knows is checked too, and the rest is up to the proxy.
    `allowed_networks` are exceptions, such as the loopback of a test.
    """

    def __init__(
        self,
        bytes_max: int,
        seconds_max: float,
        allowed_networks: tuple[str, ...] = (),
        sleep: Sleep = time.sleep,
    ) -> None:
        self._sleep = sleep
        self._bytes_max = bytes_max
        self._seconds_max = seconds_max
        self._allowed = tuple(ipaddress.ip_network(n) for n in allowed_networks)

    @contextmanager
    def open(self, url: str, resume_from: ResumePoint | None = None) -> Iterator[Download]:
        deadline = time.monotonic() + self._seconds_max
        try:
            with httpx.Client(timeout=TIMEOUT, transport=ProxyTransport()) as client:
                response, start = self._begin(client, url, resume_from)
                try:
                    self._check_length(response, start)
                    kind = response.headers.get("content-type", "").split(";")[0].strip() or None
                    body = ChunkReader(self._chunks(client, url, response, start, deadline))
                    yield Download(content_type=kind, body=body, start=start, validator=_validator(response))
                finally:
                    response.close()
        except httpx.HTTPError as error:
            raise _failed(f"The download broke off: {type(error).__name__}.") from error

    def _begin(self, client: httpx.Client, url: str, resume_from: ResumePoint | None) -> tuple[httpx.Response, int]:
        """The rest of the file if it is the same, otherwise the whole; and the first byte of the response."""
        if resume_from is not None:
            try:
                response = self._follow(client, url, _from_byte(resume_from.start, resume_from.validator))
            except MediaError:  # a range that is refused: perhaps the file has become shorter
                return self._follow(client, url), 0
            if _goes_on(response, resume_from.start, resume_from.validator):
                return response, resume_from.start
            if response.status_code != 206:
                return response, 0
            response.close()
        return self._follow(client, url), 0

    def _follow(self, client: httpx.Client, url: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        for _ in range(REDIRECTS_MAX + 1):
            response = client.send(self._request(client, url, headers or {}), stream=True)
            if not response.is_redirect:
                break
            response.close()
            url = _redirected(url, response.headers["location"])
        else:
            raise _failed(f"The URL redirects more than {REDIRECTS_MAX} times.")
        if not response.is_success:
            response.close()
            raise _failed(f"The server answered with HTTP status {response.status_code}.")
        return response

    def _request(self, client: httpx.Client, url: str, headers: Mapping[str, str]) -> httpx.Request:
        named = _web_url(url)
        host, port = named.raw_host.decode("ascii"), named.port or (443 if named.scheme == "https" else 80)
        addresses, proxy = self._public_addresses(host, port), proxy_for(named)
        if proxy is not None:
            plain = {**headers, "Accept-Encoding": "identity"}
            return client.build_request("GET", named, headers=plain, extensions={PROXY: proxy})
        if not addresses:
            raise _failed(f"The host {host!r} cannot be found.")
        # The certificate is still checked against the name, not the address.
        return client.build_request(
            "GET",
            named.copy_with(host=str(addresses[0])),
            headers={**headers, "Host": named.netloc.decode("ascii"), "Accept-Encoding": "identity"},
            extensions={"sni_hostname": host},
        )

    def _public_addresses(self, host: str, port: int) -> list[Address]:
        """None when this machine does not know the name."""
        addresses = addresses_of(host, port)
        if not all(self._may_fetch(a) for a in addresses):
            raise _failed("The URL leads to an address that is not on the public internet.")
        return addresses

    def _may_fetch(self, address: Address) -> bool:
        return is_public(address) or any(reached_by(address) in network for network in self._allowed)

    def _check_length(self, response: httpx.Response, start: int) -> None:
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and start + int(declared) > self._bytes_max:
            raise self._too_large()

    def _chunks(
        self, client: httpx.Client, url: str, first: httpx.Response, start: int, deadline: float
    ) -> Iterator[bytes]:
        received, validator, pauses = start, _validator(first), RESUME.pauses()
        response: httpx.Response | None = first
        while True:
            try:
                response = response or self._resume(client, url, received, validator or "")
                # As they come: collecting larger chunks would let a server that drips outlast the deadline.
                for chunk in response.iter_raw():
                    received += len(chunk)
                    self._check_limits(received, deadline)
                    yield chunk
                return
            except httpx.HTTPError as error:
                pause_s = next(pauses, None)
                if validator is None or pause_s is None:
                    raise _failed(f"The download broke off: {type(error).__name__}.") from error
            finally:
                if response is not None:
                    response.close()
            self._sleep(pause_s)
            response = None

    def _resume(self, client: httpx.Client, url: str, received: int, validator: str) -> httpx.Response:
        """From the next byte on, of the same file: another one would be answered whole, which is refused."""
        response = self._follow(client, url, _from_byte(received, validator))
        if not _goes_on(response, received, validator):
            response.close()
            raise _failed("The download broke off, and the file has changed since.")
        return response

    def _check_limits(self, received: int, deadline: float) -> None:
        if received > self._bytes_max:
            raise self._too_large()
        if time.monotonic() > deadline:
            raise _failed(f"The download took longer than {self._seconds_max:.0f} seconds.")

    def _too_large(self) -> MediaError:
        return MediaError("too_large", f"The file is larger than {self._bytes_max} bytes.")


def _web_url(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        host = parsed.host  # decodes it, and fails for one that is not valid in Unicode
    except (httpx.InvalidURL, ValueError):
        raise _failed("That is no URL.") from None
    if parsed.scheme not in ("http", "https") or not host:
        raise _failed("Only http and https URLs can be fetched.")
    return parsed


def _redirected(url: str, location: str) -> str:
    try:
        return str(httpx.URL(url).join(location))
    except (httpx.InvalidURL, ValueError):
        raise _failed("The URL redirects to what is no URL.") from None


def _from_byte(start: int, validator: str) -> dict[str, str]:
    return {"Range": f"bytes={start}-", "If-Range": validator}


def _goes_on(response: httpx.Response, start: int, validator: str) -> bool:
    """Some servers know ranges and not `If-Range`: what they tell of the file must be what it was."""
    content_range: str = response.headers.get("content-range", "")
    named = response.headers.get("etag" if validator.startswith('"') else "last-modified", validator)
    return bool(response.status_code == 206 and content_range.startswith(f"bytes {start}-") and named == validator)


def _validator(response: httpx.Response) -> str | None:
    """The strong validator of the file (RFC 9110, 13.1.5): its ETag, otherwise its date; None without either."""
    etag: str = response.headers.get("etag", "")
    if etag:
        return etag if etag.startswith('"') else None
    return _strong_date(response.headers)


def _strong_date(headers: httpx.Headers) -> str | None:
    """A file could change twice within a second of its date: a date names its bytes a minute later (8.8.2.2)."""
    changed: str = headers.get("last-modified", "")
    try:
        age = parsedate_to_datetime(headers.get("date", "")) - parsedate_to_datetime(changed)
    except (ValueError, TypeError):  # there is none, or it is none
        return None
    return changed if age.total_seconds() >= STRONG_DATE_S else None


def _failed(reason: str) -> MediaError:
    return MediaError("fetch_failed", reason)
