"""Names and addresses of hosts in a text: whatever a client may make a link of by itself, or a browser accept as one.

A dotted name is one of a host if its last label is a top-level domain, so that "3.5", "e.g." and "Node.js" are none.
The text has the form of Unicode that browsers compare: NFKC, with the dots of IDNA (RFC 3490, 3.1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from cinedex.kernel.text.top_level_domains import TOP_LEVEL_DOMAINS

_SPECIAL = "alt corp example home internal intranet invalid lan local localdomain localhost onion private test"
_NETWORKS = TOP_LEVEL_DOMAINS | frozenset(_SPECIAL.split())
"""With those of private networks, and those that RFC 6761 and RFC 9476 reserve."""
_FILE_EXTENSIONS = frozenset(("md", "pl", "ps", "py", "rs", "sh", "so"))
"""Domains of countries that far more often end the name of a file: `main.py` is no host, `main.py/x` is one."""
DOTTED = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})+")
_ASCII_TOP = re.compile(r"[a-z]{2,63}(?=[^\x00-\x7f])")
PORT = re.compile(r"(?<![\w.-])(?P<host>localhost(?=[:/])|[a-z][\w-]{0,62}(?=:\d{2,5}/))(?P<mark>[:/])", re.IGNORECASE)
"""Names without a dot: a local one, or one with a port and a path."""
IPV6 = re.compile(r"[\[(](?P<address>[0-9a-f:.]{2,45})(?:%[\w.-]+)?[\])]", re.IGNORECASE)
EMAIL = re.compile(r"(?<![\w.+-])(?P<user>[\w.+-]{1,64})@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63})*\.[\w-]{2,63})")
_IDEOGRAPHIC_STOP = re.compile(r"(?<=[a-z0-9])\u3002(?=[a-z0-9-]+(?!\w))", re.IGNORECASE)
"""Between letters of ASCII only: in other texts it ends a sentence."""


def compared_form(text: str) -> str:
    """As a browser reads a name: `ｅｖｉｌ。ｃｏｍ`, `evil․com` and `evil.com` are one host."""
    return text if text.isascii() else _IDEOGRAPHIC_STOP.sub(".", unicodedata.normalize("NFKC", text))


def is_host(match: re.Match[str]) -> bool:
    """Of a match of `DOTTED`: a name in a known domain, or the four numbers of an IPv4 address."""
    *_, last = labels = match.group().lower().split(".")
    if last in _FILE_EXTENSIONS and len(labels) == 2:
        return match.string[match.end() : match.end() + 1] in ("/", ":", "?", "#")
    return last in _NETWORKS or _is_ipv4(match.group()) or _ascii_part(last) in _NETWORKS


def is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def hosts(text: str) -> Iterator[str]:
    """Those of a text in lower case; e-mail addresses have to be removed before."""
    yield from (match.group() for match in DOTTED.finditer(text) if is_host(match))
    yield from (match["host"] for match in PORT.finditer(text))
    yield from (match["address"] for match in IPV6.finditer(text) if is_ipv6(match["address"]))


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _ascii_part(label: str) -> str | None:
    """Of a label whose rest is in another script, without a space: `evil.comへ`."""
    found = _ASCII_TOP.match(label)
    return found.group() if found else None
