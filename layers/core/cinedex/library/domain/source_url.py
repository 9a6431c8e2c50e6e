"""The URL that a video was downloaded from, without what gives access to it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_USERINFO = re.compile(r"(?:[^/:@;=]*(?::|%(?:25)*3A)|(?<=//))[^/@]*(?:@|%(?:25)*40)", re.IGNORECASE)
_QUERY = re.compile(r"(?:[?#]|%(?:25)*(?:3F|23)).*", re.IGNORECASE | re.DOTALL)
_PARAMETERS = re.compile(r"(?:[;=]|%(?:25)*(?:3B|3D))[^/]*", re.IGNORECASE)
"""Of a segment of the path (RFC 3986, 3.3): `clip.mp4;jsessionid=…`, `token=…`."""


def public_url(url: str) -> str | None:
    """Scheme, host, port, and path without parameters. None for what is no URL, and for an encoded host: no name of a
    host needs the encoding, which can hide userinfo.

    Userinfo, query, fragment and values of parameters are left out as a whole, percent-encoded ones included: which of
    them is a signature or a token cannot be recognised by its name.
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return None
    if not parts.scheme or not host or ("%" in host and not host.startswith("[")):
        return None
    return urlunsplit((parts.scheme, host, _public_path(parts.path), "", ""))


def _public_path(path: str) -> str:
    return _PARAMETERS.sub("", _USERINFO.sub("", _QUERY.sub("", path)))
