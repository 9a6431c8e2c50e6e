"""The loopback interface: every process of the local stack listens on it, and clients reach it without a proxy."""

from __future__ import annotations

from collections.abc import Mapping

LOOPBACK = "127.0.0.1"
"""Never `localhost`: a hosts file may give that name another address."""
_HOSTS = (LOOPBACK, "localhost", "::1")


def no_proxy(inherited: Mapping[str, str]) -> dict[str, str]:
    """`NO_PROXY` with loopback added, under both names, because libraries differ in which they read."""
    value = inherited.get("no_proxy") or inherited.get("NO_PROXY") or ""
    hosts = [host for host in map(str.strip, value.split(",")) if host]
    bypassed = "*" if "*" in hosts else ",".join(dict.fromkeys([*hosts, *_HOSTS]))
    return {"NO_PROXY": bypassed, "no_proxy": bypassed}
