"""One hash for "are these two requests the same": a SHA-256 over parts that are delimited by their length."""

from __future__ import annotations

import hashlib


def fingerprint(*parts: str) -> str:
    """64 hexadecimal digits. The length before each part keeps ("a", "bc") and ("ab", "c") apart."""
    digest = hashlib.sha256()
    for part in parts:
        # The length counts characters, as it did in the records that earlier versions have stored.
        digest.update(len(part).to_bytes(8, "big") + part.encode())
    return digest.hexdigest()
