"""Duplicates are found without a comparison of all pairs, and they are the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from cinedex.kernel.span import span
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.results import duplicates
from cinedex.search.domain.results.duplicates import SAME_TEXT, GroupsByContent, jaccard, prefix
from cinedex.search.domain.results.grouping import deduplicate, single
from cinedex.search.domain.results.moment_group import MomentGroup
from cinedex.timeline.modality import Modality

from tests.support.segments import segment

WORDS = [f"word{letter}x" for letter in "abcdefghijklmnopqrst"]


def text_of(chosen: random.Random) -> str:
    """One of five texts of eight to twenty words, with up to three words exchanged."""
    number = chosen.randrange(5)
    words = random.Random(number).sample(WORDS, 8 + 3 * number)  # synthetic data
    for _ in range(chosen.randrange(4)):
        words[chosen.randrange(len(words))] = chosen.choice(WORDS)
    return " ".join(words)


def groups_of(seed: int) -> list[MomentGroup]:
    chosen = random.Random(seed)  # synthetic data
    groups = []
    for index in range(60):
        document = segment(f"v{chosen.randrange(12)}", index, text_of(chosen), at=span(index % 7, index % 7 + 4))
        matched = (Modality.SPEECH,) if chosen.random() < 0.8 else (Modality.CAPTION,)
        groups.append(single(ScoredSegment(document=document, score=0.9, matched=matched)))
    return groups


def file_of(video_id: str) -> str:
    """Two of three videos have a known file, and pairs of them the same one."""
    number = int(video_id[1:])
    return f"file-{number // 2}" if number % 3 else ""


def compared_in_pairs(groups: Sequence[MomentGroup], across_videos: bool) -> list[tuple[int, list[int]]]:
    unique: list[tuple[MomentGroup, list[int]]] = []
    by_content = GroupsByContent((), file_of, across_videos=across_videos)
    for group in groups:
        same = next((found for better, found in unique if by_content.is_same(better, group)), None)
        if same is None:
            unique.append((group, []))
        else:
            same.append(group.best.document.segment_index)
    return [(group.best.document.segment_index, found) for group, found in unique]


@pytest.mark.parametrize("across_videos", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_the_duplicates_are_those_of_a_comparison_of_all_pairs(seed: int, across_videos: bool) -> None:
    groups = groups_of(seed)
    found = deduplicate(groups, file_of, across_videos=across_videos)
    indexes = [(g.best.document.segment_index, [s.best.document.segment_index for s in g.similar]) for g in found]
    assert indexes == compared_in_pairs(groups, across_videos)
    assert any(similar for _, similar in indexes)


@pytest.mark.parametrize("count", range(8, 40))
def test_sets_at_the_limit_share_an_element_of_their_prefixes(count: int) -> None:
    """The smaller set lacks the elements that are first in the order, as many as `SAME_TEXT` permits."""
    whole = [f"{number:02}" for number in range(count)]
    fewest = next(n for n in range(1, count + 1) if n / count >= SAME_TEXT)
    one, other = frozenset(whole), frozenset(whole[count - fewest :])
    assert jaccard(one, other) >= SAME_TEXT
    assert set(prefix(one, Counter(whole))) & set(prefix(other, Counter(whole)))


def test_groups_with_other_words_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: frozenset[str]) -> float:
        raise AssertionError("compared")

    monkeypatch.setattr(duplicates, "jaccard", fail)
    texts = [" ".join(f"{word}{number}" for word in WORDS) for number in "bcdfghkmnp"]
    segments = [segment("a", 2 * index, text) for index, text in enumerate(texts)]
    groups = [single(ScoredSegment(document=s, score=0.9, matched=(Modality.SPEECH,))) for s in segments]
    assert len(deduplicate(groups, lambda _: "", across_videos=True)) == len(texts)
