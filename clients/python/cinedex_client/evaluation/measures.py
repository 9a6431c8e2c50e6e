"""Measures of a ranked list against labelled spans, with the source of each formula."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from cinedex_client.evaluation.labelled_set import RelevantSpan, spans_shown

SAMPLES = 2_000


@dataclass(frozen=True)
class Hit:
    """A returned moment: the name of its video, and its span in seconds."""

    video: str
    start: float
    end: float


@dataclass(frozen=True)
class Judged:
    """The value of a hit: the grade of the best labelled span it shows, and how many spans it is the first to show."""

    grade: int
    shows: int


def judge(hits: Sequence[Hit], relevant: Sequence[RelevantSpan]) -> list[Judged]:
    """Each span counts once. A further hit inside a span that an earlier hit showed takes no rank.

    A reader of the list has already reached that span, so returning a long scene as one hit or as three does not
    change the value of a ranking.
    """
    return list(_judged(hits, relevant))


def _judged(hits: Sequence[Hit], relevant: Sequence[RelevantSpan]) -> Iterator[Judged]:
    missing = list(relevant)
    for hit in hits:
        shown = spans_shown(relevant, hit.video, hit.start, hit.end)
        fresh = [span for span in shown if span in missing]
        missing = [span for span in missing if span not in fresh]
        if fresh or not shown:
            yield Judged(max((span.grade for span in fresh), default=0), len(fresh))


def recall(judged: Sequence[Judged], relevant: Sequence[RelevantSpan], k: int) -> float:
    """Share of the labelled spans shown by the first `k` hits; Manning et al., "Introduction to IR" (2008), 8.3."""
    return sum(hit.shows for hit in judged[:k]) / len(relevant)


def ndcg(judged: Sequence[Judged], relevant: Sequence[RelevantSpan], k: int) -> float:
    """Normalised discounted cumulative gain; Järvelin and Kekäläinen, ACM TOIS 20 (4), 2002.

    With gains `2^grade - 1` and discounts `log2(rank + 1)`, as Burges et al. (ICML 2005) write it.
    """
    ideal = sorted((span.grade for span in relevant), reverse=True)
    return _dcg([hit.grade for hit in judged], k) / _dcg(ideal, k)


def reciprocal_rank(judged: Sequence[Judged]) -> float:
    """1 / rank of the first hit that shows a labelled span; Voorhees, TREC-8 (1999). 0 without one."""
    return next((1 / rank for rank, hit in enumerate(judged, start=1) if hit.grade), 0.0)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed ("nearest rank"); 0 for no values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def interval(differences: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """Confidence interval of the mean: percentiles of a paired bootstrap, see Sakai, SIGIR 2006."""
    chance = random.Random(0)
    means = [fmean(chance.choices(differences, k=len(differences))) for _ in range(SAMPLES)]
    return percentile(means, (1 - confidence) / 2), percentile(means, (1 + confidence) / 2)


def _dcg(grades: Sequence[int], k: int) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades[:k], start=1))
