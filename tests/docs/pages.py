"""The pages of the documentation with their snippets, links and headings."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

from sybil import Document, Example, Sybil

from tests.docs.snippets import PARSERS, reason_not_to_run

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = (
    REPOSITORY / "README.md",
    REPOSITORY / "CHANGELOG.md",
    REPOSITORY / "CONTRIBUTING.md",
    REPOSITORY / "clients/python/README.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
)
_SYBIL = Sybil(parsers=PARSERS, path=str(REPOSITORY))
_FENCED = re.compile(r"^(`{3,})[^\n]*\n.*?^\1\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def name_of(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def chapter(number: int) -> str:
    """The text of a numbered chapter."""
    (page,) = (REPOSITORY / "docs").glob(f"{number:02d}-*.md")
    return page.read_text(encoding="utf-8")


def documents() -> list[Document]:
    return [_SYBIL.parse(page) for page in PAGES]


def snippets(*, run: bool) -> list[Example]:
    """The snippets that the tests run, or those that they only check, in their order."""
    examples = chain.from_iterable(document.examples() for document in documents())
    return [example for example in examples if (reason_not_to_run(example) is None) is run]


def links(page: Path) -> list[str]:
    """Targets of all links outside fenced blocks."""
    return _LINK.findall(_prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors that a code forge generates from the headings of a page."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)}


def headings(page: Path) -> list[str]:
    return _HEADING.findall(_prose(page))


def _prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text(encoding="utf-8"))
