"""The loopback interface: where everything of the local stack listens, and what no proxy ever stands before."""

from __future__ import annotations

from collections.abc import Mapping

LOOPBACK = "127.0.0.1"
"""Never `localhost`: a hosts file may give that name another address."""
_HOSTS = (LOOPBACK, "localhost", "::1")


def no_proxy(inherited: Mapping[str, str]) -> dict[str, str]:
    """`NO_PROXY` of the environment with loopback added, under both names: libraries differ in which they read."""
    given = inherited.get("no_proxy") or inherited.get("NO_PROXY") or ""
    hosts = [host for host in map(str.strip, given.split(",")) if host]
    bypassed = "*" if "*" in hosts else ",".join(dict.fromkeys([*hosts, *_HOSTS]))
    return {"NO_PROXY": bypassed, "no_proxy": bypassed}
