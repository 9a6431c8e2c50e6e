"""Requests to the web through the proxy that the environment names, where it names one."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import httpx

PROXY = "cinedex_proxy"
"""The extension of a request that names its proxy; without it, the request goes straight to its address."""


def proxy_for(url: httpx.URL) -> str | None:
    """By `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case, as curl and Python read them."""
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(url.host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


class ProxyTransport(httpx.BaseTransport):
    """One connection pool for each proxy, and one for requests without."""

    def __init__(self) -> None:
        self._pools: dict[str | None, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        proxy = request.extensions.get(PROXY)
        if proxy not in self._pools:
            # A proxy that decrypts TLS has its own certificates, which SSL_CERT_FILE names.
            self._pools[proxy] = httpx.HTTPTransport(proxy=proxy, trust_env=proxy is not None)
        return self._pools[proxy].handle_request(request)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
