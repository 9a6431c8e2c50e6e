"""Names as lists order and compare them: without case."""

from __future__ import annotations

import unicodedata

FOLDED_CHARS_MAX = 200


def folded_name(name: str) -> str:
    """At most 200 characters, which are at most 800 bytes; white space and control characters become one space."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    printable = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in folded)
    return " ".join(printable.split())[:FOLDED_CHARS_MAX]
