"""Asks a deployment every query of a labelled set, through the same door as everybody, and adds up."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from pydantic import BaseModel

from local.client import Deployment
from local.client.replies import SearchReply
from local.evaluation.labelled_set import LabelledQuery, LabelledSet
from local.evaluation.measures import Hit, judge, ndcg, percentile, recall, reciprocal_rank

DEEP = 50
FUSED = "fused"
WAYS: Mapping[str, tuple[str, ...]] = {FUSED: (), "words": ("words",), "vectors": ("vectors",)}
RECALLS = (1, 5, 10)


class Quality(BaseModel):
    """Means over the queries with an answer, of everything that was ranked (no cutoff)."""

    queries: int
    ndcg_10: float
    mrr: float
    recall: dict[int, float]


class NoMatch(BaseModel):
    """How often "no confident match" was said, at one threshold.

    `precision`: of the queries told so, the share that has no answer. `recall`: of the queries without an
    answer, the share that was told so.
    """

    threshold: str
    told: int
    told_rightly: int
    without_answer: int
    wrongly_told: list[str]
    missed: list[str]

    @property
    def precision(self) -> float:
        return self.told_rightly / self.told if self.told else 0.0

    @property
    def recall(self) -> float:
        return self.told_rightly / self.without_answer if self.without_answer else 0.0


class Report(BaseModel):
    """`latency_ms` are p50 and p95 of a whole request, measured here."""

    quality: dict[str, Quality]
    by_kind: dict[str, dict[str, float]]
    no_match: NoMatch
    latency_ms: dict[str, float]


@dataclass(frozen=True)
class _Ranked:
    way: str
    query: LabelledQuery
    ndcg: float
    reciprocal_rank: float
    recall: dict[int, float]


@dataclass
class Examination:
    """`names` are the videos that are searched: their names in the set, by id."""

    library: Deployment
    names: Mapping[str, str]
    threshold: str = "medium"
    rerank: bool = False
    whole_library: bool = False

    def __call__(self, labelled: LabelledSet, advance: Callable[[], None]) -> Report:
        """`advance` is told of every query that is done."""
        ranked: list[_Ranked] = []
        told: list[LabelledQuery] = []
        taken: list[float] = []
        for query in labelled.queries:
            ranked.extend(self._ranked(query))
            began_at = time.perf_counter()
            reply = self._search(query, threshold=self.threshold)
            taken.append((time.perf_counter() - began_at) * 1000)
            if not reply.data:
                told.append(query)
            advance()
        return Report(
            quality={way: _quality([r for r in ranked if r.way == way]) for way in WAYS},
            by_kind=_by_kind(ranked),
            no_match=_no_match(labelled.queries, told, self.threshold),
            latency_ms={"p50": percentile(taken, 0.5), "p95": percentile(taken, 0.95)},
        )

    def _ranked(self, query: LabelledQuery) -> Iterator[_Ranked]:
        if query.none:
            return
        for way, signals in WAYS.items():
            reply = self._search(query, threshold="none", signals=signals)
            judged = judge(list(self._hits(reply)), query.relevant)
            yield _Ranked(
                way=way,
                query=query,
                ndcg=ndcg(judged, query.relevant, 10),
                reciprocal_rank=reciprocal_rank(judged),
                recall={k: recall(judged, query.relevant, k) for k in RECALLS},
            )

    def _search(self, query: LabelledQuery, *, threshold: str, signals: Sequence[str] = ()) -> SearchReply:
        return self.library.search(
            query.query,
            video_ids=() if self.whole_library else tuple(self.names),
            limit=DEEP,
            threshold=threshold,
            signals=list(signals) or None,
            rerank=self.rerank,
        )

    def _hits(self, reply: SearchReply) -> Iterator[Hit]:
        for moment in reply.data:
            name = self.names.get(moment.video_id, moment.video_id)
            yield Hit(name, moment.start or 0.0, float("inf") if moment.end is None else moment.end)


def _quality(ranked: Sequence[_Ranked]) -> Quality:
    if not ranked:
        return Quality(queries=0, ndcg_10=0.0, mrr=0.0, recall=dict.fromkeys(RECALLS, 0.0))
    return Quality(
        queries=len(ranked),
        ndcg_10=fmean(r.ndcg for r in ranked),
        mrr=fmean(r.reciprocal_rank for r in ranked),
        recall={k: fmean(r.recall[k] for r in ranked) for k in RECALLS},
    )


def _by_kind(ranked: Sequence[_Ranked]) -> dict[str, dict[str, float]]:
    """nDCG@10 of each kind of query, for each way."""
    grouped: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in ranked:
        grouped[one.query.kind][one.way].append(one.ndcg)
    return {kind: {way: fmean(values) for way, values in ways.items()} for kind, ways in grouped.items()}


def _no_match(queries: Sequence[LabelledQuery], told: Sequence[LabelledQuery], threshold: str) -> NoMatch:
    return NoMatch(
        threshold=threshold,
        told=len(told),
        told_rightly=sum(query.none for query in told),
        without_answer=sum(query.none for query in queries),
        wrongly_told=[query.query for query in told if not query.none],
        missed=[query.query for query in queries if query.none and query not in told],
    )
