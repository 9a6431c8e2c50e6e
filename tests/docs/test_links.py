"""Link targets exist, and tables of contents list every page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import PAGES, REPOSITORY, anchors, headings, links, name_of

CHAPTERS = sorted((REPOSITORY / "docs").glob("[0-9][0-9]-*.md"))
DECISIONS = sorted((REPOSITORY / "docs/decisions").glob("[0-9]*.md"))
README_LINES_MAX = 100


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_target_of_every_link_inside_the_repository_exists(page: Path) -> None:
    assert [target for target in links(page) if not _exists(page, target)] == []


@pytest.mark.parametrize("page", CHAPTERS, ids=name_of)
def test_a_chapter_begins_with_its_number(page: Path) -> None:
    assert headings(page)[0].startswith(f"{int(page.name[:2])}. ")


@pytest.mark.parametrize("page", CHAPTERS, ids=name_of)
def test_every_chapter_is_in_the_table_of_contents(page: Path) -> None:
    assert page.name in links(REPOSITORY / "docs/README.md")


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_every_decision_is_listed_and_dated(page: Path) -> None:
    assert page.name in links(REPOSITORY / "docs/decisions/README.md")
    assert page.name[:10] in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_every_decision_has_a_price_and_says_when_to_look_at_it_again(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "**Price.**" in text or "## The price" in text
    assert "**Look again** " in text


def test_the_readme_has_at_most_100_lines() -> None:
    lines = (REPOSITORY / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= README_LINES_MAX


def _exists(page: Path, target: str) -> bool:
    if target.startswith(("https://", "http://", "mailto:")):
        return True
    path, _, anchor = target.partition("#")
    file = page.parent / path if path else page
    return file.exists() and (not anchor or anchor in anchors(file))
