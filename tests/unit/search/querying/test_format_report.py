"""A report is plain text: what a title or a query contains is never an active link."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import span
from cinedex.search.domain.results.moment import Moment
from cinedex.search.usecases.querying.format_report import format_report, no_match_text
from cinedex.timeline.modality import Modality

from tests.support.ready_videos import video

QUERY = "Visit http://evil.example/pay?x=1 or [a](https://evil.example) or www.evil.com"


def test_the_addresses_of_a_query_without_results_are_not_active() -> None:
    for text in (no_match_text(QUERY, 2), format_report(QUERY, [], {}, 2)):
        assert text.startswith(
            "No confident match for “Visit evil[.]example/pay?x=1 or a (evil[.]example) or www[.]evil[.]com”"
        )
        assert "://" not in text
        assert "](" not in text


def test_the_name_of_a_file_stays_as_it_is() -> None:
    assert no_match_text("tour.mp4", 1) == "No confident match for “tour.mp4” in 1 video."


def moments(count: int, text: str = "A rocket starts.", highlight: str | None = None) -> list[Moment]:
    return [
        Moment(
            video_id="a",
            segment_index=n,
            span=span(10 * n, 10 * n + 10),
            score=0.5,
            matched=(Modality.SCREEN_TEXT,),
            rank=n + 1,
            texts={Modality.SCREEN_TEXT: text},
            highlights=(highlight,) if highlight else (),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(("count", "lines"), [(1, 1), (10, 10), (11, 10)])
def test_a_report_has_at_most_ten_lines_and_counts_all_moments(count: int, lines: int) -> None:
    head, *rest = format_report("rocket", moments(count), {"a": video("a", name="a.mp4")}, 1).splitlines()
    assert head == f"{count} moment{'s' if count > 1 else ''} in 1 video for “rocket”:"
    assert len(rest) == lines
    assert rest[0] == "1. “A rocket starts.” — a.mp4, 0:00–0:10 (screen text)"


@pytest.mark.parametrize(("length", "quoted"), [(200, "y" * 195), (201, "…")])
def test_a_quote_has_at_most_200_characters_and_ends_with_a_word(length: int, quoted: str) -> None:
    text = "xxxx " + "y" * (length - 5)
    (_, line) = format_report("rocket", moments(1, text), {"a": video("a", name="a.mp4")}, 1).splitlines()
    assert f"“xxxx {quoted}”" in line


def test_a_highlight_is_quoted_without_its_marks() -> None:
    (_, line) = format_report(
        "r", moments(1, "x", "A <em>rocket</em>."), {"a": video("a", name="a.mp4")}, 1
    ).splitlines()
    assert line.startswith("1. “A rocket.” — ")
