"""A report is plain text: what a title or a query contains is never an active link."""

from __future__ import annotations

from cinedex.search.usecases.querying.format_report import format_report, no_match_text

QUERY = "Visit http://evil.example/pay?x=1 or [a](https://evil.example) or www.evil.com"


def test_the_addresses_of_a_query_without_results_are_not_active() -> None:
    for text in (no_match_text(QUERY, 2), format_report(QUERY, [], {})):
        assert text.startswith(
            "No confident match for “Visit evil[.]example/pay?x=1 or a (evil[.]example) or www[.]evil[.]com”"
        )
        assert "://" not in text
        assert "](" not in text


def test_the_name_of_a_file_stays_as_it_is() -> None:
    assert no_match_text("tour.mp4", 1) == "No confident match for “tour.mp4” in 1 video."
