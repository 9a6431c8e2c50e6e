"""Split a text stream into sentences, each as soon as it is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator

MARK = r"[\[【]\s*[rR]\d+(?:\s*[,;–-]?\s*[rR]\d+)*\s*[\]】]"
"""A citation of a language model: `[r3]`, or `[r3, r4]`."""

_MARKS = rf"(?:\s*{MARK})*"
_CLOSING = r"[\"'”’)*_]*"
_NEXT = r"\s*(?=[^\s\[【.!?…])"  # an opening bracket may become a citation of the sentence before
_END = re.compile(rf"(?:[.!?…]+{_CLOSING}{_MARKS}[.!?]*(?=\s){_MARKS}|[。！？]{_CLOSING}{_MARKS}|\n{_MARKS}){_NEXT}")
_NOT_AN_END = re.compile(r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|vs|e\.g|i\.e|approx|No)\.$|^\s*\d+\.$")


class SentenceSplitter:
    """A sentence is complete when the first character of the next one arrives, since citations may follow its end.

    Line breaks also end sentences, so each entry of a list is one. White space between sentences belongs to the
    sentence before it.
    """

    def __init__(self) -> None:
        self._buffer = ""

    def feed(self, piece: str) -> Iterator[str]:
        self._buffer += piece
        while end := _end_of_first(self._buffer):
            sentence, self._buffer = self._buffer[:end], self._buffer[end:]
            yield sentence

    def finish(self) -> str:
        """The remaining text at the end of the stream, complete or not."""
        remaining, self._buffer = self._buffer, ""
        return remaining


def _end_of_first(text: str) -> int | None:
    for match in _END.finditer(text):
        if text[match.start()] != "." or not _NOT_AN_END.search(text[: match.start() + 1]):
            return match.end()
    return None
