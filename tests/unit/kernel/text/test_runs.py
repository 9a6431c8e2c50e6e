"""Which pairs of characters of a query are evidence in a text."""

from __future__ import annotations

import pytest
from cinedex.kernel.text.runs import chance_pairs, runs
from cinedex.kernel.text.tokens import stems


def chance(query: str, text: str) -> set[str]:
    return set(chance_pairs(tuple(runs(query)), stems(text)))


@pytest.mark.parametrize(
    ("query", "text", "pairs"),
    [
        ("ソース", "ニュース", {"ソー", "ース"}),
        ("ソース", "ソース", set()),
        ("ソース", "ｿｰｽ", set()),
        ("サーバー", "サーバ", set()),
        ("サーバー", "バー", {"サー", "ーバ", "バー"}),
        ("ソースの味", "ニュースの味", {"ソー", "ース", "スの"}),
        ("上海", "海上", {"上海"}),
        ("東京の空", "東北の空", {"東京", "京の"}),
        ("北京天气", "北京的天气", set()),
        ("北京天气", "天气", {"北京", "京天", "天气"}),
        ("ありがとう", "ありがたい", set()),
        ("สวัสดี", "สวนหลวง", {"สวั", "วัส", "สดี"}),
        ("space shuttle", "shuttle", set()),
        ("猫", "犬", set()),
    ],
)
def test_pairs_of_a_run_that_a_text_does_not_contain_are_chance(query: str, text: str, pairs: set[str]) -> None:
    assert chance(query, text) == pairs


def test_a_pair_of_two_runs_counts_if_one_of_them_is_in_the_text() -> None:
    assert "ース" not in chance("ソースとケース", "ケース")
