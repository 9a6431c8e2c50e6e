"""The URL that a video was downloaded from, without what gives access to it."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def public_url(url: str) -> str | None:
    """Scheme, host, port and path. None for what is no URL.

    Userinfo, query and fragment are left out as a whole: which query parameter is a signature or a token cannot be
    recognised by its name.
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return None
    return urlunsplit((parts.scheme, host, parts.path, "", "")) if parts.scheme and host else None
