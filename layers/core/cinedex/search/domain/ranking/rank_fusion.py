"""Ways to make one order out of the lists of several signals.

The numbers they order by compare documents of one query only: a rank says nothing of how good the best is, and the
best of a min-max scale is 1 however far from the query it lies. So they decide the order and nothing else; what is
shown and cut off is the calibrated confidence (`domain.confidence`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

RRF_K = 60
"""Cormack et al. found it good for every collection they had: it keeps one first place from deciding alone."""


class Fusion(StrEnum):
    """`calibrated` orders by the confidence itself, `rrf` by ranks, `normalized` by scores on a common scale."""

    CALIBRATED = "calibrated"
    RRF = "rrf"
    NORMALIZED = "normalized"


@dataclass(frozen=True)
class SignalList:
    """The documents that one signal found, by id, and how well; higher is better, and below 0 says nothing."""

    weight: float
    scores: Mapping[str, float]


Half = Sequence[SignalList]
"""The words of every modality, or the vectors of every one.

It is enough to be good in one modality: most segments have no speech, or nothing to read. So of each half the best
list counts for a document, and not the sum, which would prefer what has many texts; as `dis_max` does in Lucene.
"""


def reciprocal_ranks(halves: Iterable[Half]) -> dict[str, float]:
    """`sum(weight / (60 + rank))`; Cormack, Clarke and Büttcher, SIGIR 2009.

    Equal scores share the best rank of theirs: a list in which all are equal prefers nobody.
    """
    return _added(halves, _reciprocal)


def convex_combination(halves: Iterable[Half]) -> dict[str, float]:
    """Sum of weighted min-max normalised scores; Bruch, Gai and Ingber, TOIS 42 (1), 2023.

    The minimum is the theoretical one, as they advise: 0, of a coverage as of a cosine. The lowest of what happens to
    be found would be made as bad as what was not found.
    """
    return _added(halves, _normalized)


MERITS: Mapping[Fusion, Callable[[Iterable[Half]], dict[str, float]]] = {
    Fusion.RRF: reciprocal_ranks,
    Fusion.NORMALIZED: convex_combination,
}
"""Each tells the merit of every document of any list."""


def _reciprocal(one: SignalList) -> dict[str, float]:
    descending = sorted(one.scores.values(), reverse=True)
    ranks = {score: rank for rank, score in reversed(list(enumerate(descending, start=1)))}
    return {document_id: one.weight / (RRF_K + ranks[score]) for document_id, score in one.scores.items()}


def _normalized(one: SignalList) -> dict[str, float]:
    best = max(one.scores.values(), default=0.0)
    if best <= 0:
        return {}
    return {document_id: one.weight * max(0.0, score) / best for document_id, score in one.scores.items()}


def _added(halves: Iterable[Half], worth: Callable[[SignalList], dict[str, float]]) -> dict[str, float]:
    merits: dict[str, float] = defaultdict(float)
    for half in halves:
        best: dict[str, float] = {}
        for one in half:
            for document_id, value in worth(one).items():
                best[document_id] = max(best.get(document_id, 0.0), value)
        for document_id, value in best.items():
            merits[document_id] += value
    return dict(merits)
