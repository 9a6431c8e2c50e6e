"""What a query looks up: every word, and as many stems of other languages as the store accepts."""

from cinedex.adapters.opensearch.queries import TERMS_MAX, words_search
from cinedex.kernel.text.folding import MARK

from tests.support.segments import segment_filter


def looked_up(text: str) -> list[str]:
    query: str = words_search(text, segment_filter("a"), 10)["query"]["bool"]["must"]["multi_match"]["query"]
    return query.split()


def test_the_stems_of_other_languages_follow_the_words() -> None:
    terms = looked_up("Häuser news")
    assert terms[:2] == ["hauser", "news"]
    assert f"haus{MARK}" in terms
    assert all(term.endswith(MARK) for term in terms[2:])


def test_a_long_query_keeps_its_words_and_loses_stems() -> None:
    half = [f"word{number}" for number in range(TERMS_MAX // 2)]
    assert len(looked_up(" ".join(half))) == TERMS_MAX
    words = [f"word{number}" for number in range(2 * TERMS_MAX)]
    assert looked_up(" ".join(words)) == words
