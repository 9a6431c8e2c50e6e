"""Adds up how every query was answered in every way to rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from cinedex_client.evaluation.labelled_set import LabelledQuery
from cinedex_client.evaluation.measures import Hit, interval, judge, ndcg, percentile, recall, reciprocal_rank
from cinedex_client.evaluation.ranking_variants import HALVES, SIGNALS
from cinedex_client.evaluation.report import Comparison, Gain, NoMatch, Quality, QueryQuality, Report

RECALLS = (1, 5, 10)


@dataclass(frozen=True)
class Ranking:
    """How well one way ranks the answers of one query."""

    way: str
    query: LabelledQuery
    ndcg: float
    reciprocal_rank: float
    recall: dict[int, float]

    @classmethod
    def of(cls, way: str, query: LabelledQuery, hits: Sequence[Hit]) -> Ranking:
        judged = judge(hits, query.relevant)
        return cls(
            way=way,
            query=query,
            ndcg=ndcg(judged, query.relevant, 10),
            reciprocal_rank=reciprocal_rank(judged),
            recall={k: recall(judged, query.relevant, k) for k in RECALLS},
        )


@dataclass(frozen=True)
class Request:
    """A search as everybody sends it: whether it found something, and how long it took."""

    query: LabelledQuery
    found: bool
    degraded: bool
    taken_ms: float
    stages_ms: Mapping[str, float]


def report_of(
    fusions: Sequence[str], rankings: Sequence[Ranking], requests: Sequence[Request], threshold: str
) -> Report:
    """`rankings` are of every way, `requests` one of every query."""
    by_way: dict[str, list[Ranking]] = defaultdict(list)
    for ranking in rankings:
        by_way[ranking.way].append(ranking)
    quality = {way: _quality(some) for way, some in by_way.items()}
    best_signal, best_half = (max(ways, key=lambda way: _ndcg_of(quality, way)) for ways in (SIGNALS, HALVES))
    return Report(
        quality=quality,
        fusions=list(fusions),
        best_signal=best_signal,
        best_half=best_half,
        gains={fusion: _gain(quality, fusion, best_signal, best_half) for fusion in fusions},
        compared={fusion: _compared(by_way[fusions[0]], by_way[fusion]) for fusion in fusions[1:] if by_way},
        by_kind=_by_kind(rankings),
        kinds=_kinds(requests),
        no_match=_no_match(requests, threshold),
        latency_ms=_spread(request.taken_ms for request in requests),
        stages_ms=_stages(requests),
        degraded=sum(request.degraded for request in requests),
        queries=_queries(rankings),
    )


def _quality(rankings: Sequence[Ranking]) -> Quality:
    return Quality(
        queries=len(rankings),
        ndcg_10=fmean(r.ndcg for r in rankings),
        mrr=fmean(r.reciprocal_rank for r in rankings),
        recall={k: fmean(r.recall[k] for r in rankings) for k in RECALLS},
    )


def _ndcg_of(quality: Mapping[str, Quality], way: str) -> float:
    return quality[way].ndcg_10 if way in quality else 0.0


def _gain(quality: Mapping[str, Quality], fusion: str, best_signal: str, best_half: str) -> Gain:
    def over(way: str) -> float | None:
        base = _ndcg_of(quality, way)
        return 100 * (_ndcg_of(quality, fusion) / base - 1) if base else None

    return Gain(over_signal=over(best_signal), over_half=over(best_half))


def _compared(first: Sequence[Ranking], other: Sequence[Ranking]) -> Comparison:
    differences = [b.ndcg - a.ndcg for a, b in zip(first, other, strict=True)]
    low, high = interval(differences)
    return Comparison(
        better=sum(d > 0 for d in differences),
        worse=sum(d < 0 for d in differences),
        difference=fmean(differences),
        low=low,
        high=high,
    )


def _by_kind(rankings: Iterable[Ranking]) -> dict[str, dict[str, float]]:
    grouped: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in rankings:
        grouped[one.query.kind][one.way].append(one.ndcg)
    return {kind: {way: fmean(values) for way, values in ways.items()} for kind, ways in grouped.items()}


def _kinds(requests: Iterable[Request]) -> dict[str, int]:
    """How many queries with an answer there are of each kind."""
    counted: dict[str, int] = defaultdict(int)
    for request in requests:
        counted[request.query.kind] += not request.query.none
    return {kind: count for kind, count in counted.items() if count}


def _queries(rankings: Iterable[Ranking]) -> list[QueryQuality]:
    found: dict[str, QueryQuality] = {}
    for one in rankings:
        told = found.setdefault(one.query.query, QueryQuality(query=one.query.query, kind=one.query.kind, ndcg_10={}))
        told.ndcg_10[one.way] = one.ndcg
    return list(found.values())


def _no_match(requests: Sequence[Request], threshold: str) -> NoMatch:
    told = [request.query for request in requests if not request.found]
    return NoMatch(
        threshold=threshold,
        told=len(told),
        told_rightly=sum(query.none for query in told),
        without_answer=sum(request.query.none for request in requests),
        wrongly_told=[query.query for query in told if not query.none],
        missed=[request.query.query for request in requests if request.query.none and request.found],
    )


def _stages(requests: Sequence[Request]) -> dict[str, dict[str, float]]:
    """In the order in which the deployment tells them."""
    taken: dict[str, list[float]] = defaultdict(list)
    for request in requests:
        for stage, ms in request.stages_ms.items():
            taken[stage].append(ms)
    return {stage: _spread(values) for stage, values in taken.items()}


def _spread(values: Iterable[float]) -> dict[str, float]:
    taken = list(values)
    return {"p50": percentile(taken, 0.5), "p95": percentile(taken, 0.95)}
