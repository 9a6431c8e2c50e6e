"""Sends signed requests to the receivers of webhooks: https and public addresses only, no redirects, bounded.

The connection goes to the address that was checked, as for downloads: see `HttpxWebDownload`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import httpx

from cinedex.adapters.web.proxy import PROXY, ProxyTransport, proxy_for
from cinedex.adapters.web.public_address import Address, addresses_of, is_public, reached_by
from cinedex.kernel.errors import ImpossibleValue
from cinedex.webhooks.ports import SignedRequest
from cinedex.webhooks.webhook import Response

SECONDS_MAX = 10.0
BODY_BYTES_MAX = 1024
URL_CHARS_MAX = 2048
TIMEOUT = httpx.Timeout(5.0, connect=5.0)
NOT_PUBLIC = "The URL leads to an address that is not on the public internet."


class _Refused(Exception):
    """The request is not sent."""


class HttpxWebhookSender:
    """`WebhookSender`. `allowed_networks` are exceptions from "public addresses only"; http is for loopback in them."""

    def __init__(self, allowed_networks: tuple[str, ...] = ()) -> None:
        self._allowed = tuple(ipaddress.ip_network(network) for network in allowed_networks)

    def check(self, url: str) -> None:
        try:
            parsed = self._parsed(url)
            if parsed.scheme == "http" or _literal(parsed.host) is not None:
                self._addresses(parsed)
        except _Refused as error:
            raise ImpossibleValue(str(error), field="url") from error

    def send(self, request: SignedRequest) -> Response:
        """In a thread whose connection is closed after `SECONDS_MAX`: a receiver may send a byte now and then."""
        client = httpx.Client(timeout=TIMEOUT, transport=ProxyTransport(), follow_redirects=False)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="webhook") as pool:
            sent = pool.submit(self._send, client, request)
            wait([sent], SECONDS_MAX)
            is_in_time = sent.done()
            client.close()
        if not is_in_time:
            return Response(error=f"The receiver did not answer within {SECONDS_MAX:g} s.")
        return sent.result()

    def _send(self, client: httpx.Client, request: SignedRequest) -> Response:
        try:
            response = client.send(self._request(client, self._parsed(request.url), request), stream=True)
            try:
                return Response(status_code=response.status_code, body=_start_of(response))
            finally:
                response.close()
        except _Refused as error:
            return Response(error=str(error))
        except httpx.HTTPError as error:
            return Response(error=f"The receiver could not be reached: {type(error).__name__}.")

    def _request(self, client: httpx.Client, url: httpx.URL, request: SignedRequest) -> httpx.Request:
        addresses, proxy = self._addresses(url), proxy_for(url)
        headers = {**request.headers, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"}
        if proxy is not None:
            return client.build_request("POST", url, content=request.body, headers=headers, extensions={PROXY: proxy})
        if not addresses:
            raise _Refused(f"The host {url.host!r} cannot be found.")
        return client.build_request(
            "POST",
            url.copy_with(host=str(addresses[0])),
            content=request.body,
            headers=headers,
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )

    def _parsed(self, url: str) -> httpx.URL:
        try:
            parsed = httpx.URL(url)
            host = parsed.host  # decodes it, and fails for one that is not valid in Unicode
        except (httpx.InvalidURL, ValueError):
            raise _Refused("That is no URL.") from None
        if len(url) > URL_CHARS_MAX or parsed.userinfo or not host:
            raise _Refused(f"The URL must name a host, without credentials, in at most {URL_CHARS_MAX} characters.")
        if parsed.scheme != "https" and not (parsed.scheme == "http" and self._allowed):
            raise _Refused("The URL must begin with https://.")
        return parsed

    def _addresses(self, url: httpx.URL) -> list[Address]:
        """All of a name, of which none may be private; empty if this machine does not know the name."""
        found = addresses_of(url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80))
        if url.scheme == "http" and not all(self._is_allowed(a) and reached_by(a).is_loopback for a in found):
            raise _Refused("The URL must begin with https://.")
        if not all(is_public(address) or self._is_allowed(address) for address in found):
            raise _Refused(NOT_PUBLIC)
        return found

    def _is_allowed(self, address: Address) -> bool:
        return any(reached_by(address) in network for network in self._allowed)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _start_of(response: httpx.Response) -> str:
    """The first bytes of the answer, for the log; the rest is not read."""
    received = b"".join(_chunks(response))[:BODY_BYTES_MAX]
    return received.decode(errors="replace").replace("\x00", "")


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_raw():
        size += len(chunk)
        yield chunk
        if size >= BODY_BYTES_MAX:
            return
