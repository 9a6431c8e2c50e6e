"""Cut a text that is still being written into sentences, each as soon as it is whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

MARK = r"[\[【]\s*[rR]\d+(?:\s*[,;–-]?\s*[rR]\d+)*\s*[\]】]"
"""How a language model cites: `[r3]`, or `[r3, r4]`."""

_MARKS = rf"(?:\s*{MARK})*"
_CLOSING = r"[\"'”’)*_]*"
_NEXT = r"\s*(?=[^\s\[【.!?…])"  # an opening bracket may become a citation of the sentence before
_END = re.compile(rf"(?:[.!?…]+{_CLOSING}{_MARKS}[.!?]*(?=\s){_MARKS}|[。！？]{_CLOSING}{_MARKS}|\n{_MARKS}){_NEXT}")
_NOT_AN_END = re.compile(r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|vs|e\.g|i\.e|approx|No)\.$|^\s*\d+\.$")


class SentenceSplitter:
    """A sentence reaches up to the first character of the next: only then is it known what belongs to it.

    Line breaks end sentences too, so each entry of a list is one. White space between sentences comes with
    the sentence before it.
    """

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> Iterator[str]:
        self._rest += piece
        while end := _end_of_first(self._rest):
            sentence, self._rest = self._rest[:end], self._rest[end:]
            yield sentence

    def finish(self) -> str:
        """What is left when nothing more comes, whole or not."""
        rest, self._rest = self._rest, ""
        return rest


def _end_of_first(text: str) -> int | None:
    for match in _END.finditer(text):
        if text[match.start()] != "." or not _NOT_AN_END.search(text[: match.start() + 1]):
            return match.end()
    return None
