"""Aggregates the rankings and measurements of all queries into a report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from cinedex_client.evaluation.labelled_set import LabelledQuery
from cinedex_client.evaluation.measures import Hit, interval, judge, ndcg, percentile, recall, reciprocal_rank
from cinedex_client.evaluation.ranking_variants import BASELINES, SIGNAL_GROUPS
from cinedex_client.evaluation.report import Comparison, Gain, NoMatch, Quality, QueryQuality, Report

RECALL_RANKS = (1, 5, 10)


@dataclass(frozen=True)
class Ranking:
    """The quality of one ranking variant for one query."""

    variant: str
    query: LabelledQuery
    ndcg: float
    reciprocal_rank: float
    recall: dict[int, float]

    @classmethod
    def of(cls, variant: str, query: LabelledQuery, hits: Sequence[Hit]) -> Ranking:
        judged = judge(hits, query.relevant)
        return cls(
            variant=variant,
            query=query,
            ndcg=ndcg(judged, query.relevant, 10),
            reciprocal_rank=reciprocal_rank(judged),
            recall={k: recall(judged, query.relevant, k) for k in RECALL_RANKS},
        )


@dataclass(frozen=True)
class Measurement:
    """A search with default ranking: whether it returned hits, and its latency."""

    query: LabelledQuery
    has_hits: bool
    degraded: bool
    elapsed_ms: float
    stages_ms: Mapping[str, float]


def report_of(
    fusions: Sequence[str], rankings: Sequence[Ranking], measurements: Sequence[Measurement], threshold: str
) -> Report:
    """`rankings` has one entry per query and variant, `measurements` one per query."""
    by_variant: dict[str, list[Ranking]] = defaultdict(list)
    for ranking in rankings:
        by_variant[ranking.variant].append(ranking)
    quality = {variant: _quality(some) for variant, some in by_variant.items()}
    best_signal, best_half = (
        max(variants, key=lambda variant: _ndcg_of(quality, variant)) for variants in (BASELINES, SIGNAL_GROUPS)
    )
    return Report(
        quality=quality,
        fusions=list(fusions),
        best_signal=best_signal,
        best_half=best_half,
        gains={fusion: _gain(quality, fusion, best_signal, best_half) for fusion in fusions},
        compared={fusion: _compare(by_variant[fusions[0]], by_variant[fusion]) for fusion in fusions[1:] if by_variant},
        by_kind=_by_kind(rankings),
        kinds=_kinds(measurements),
        no_match=_no_match(measurements, threshold),
        latency_ms=_percentiles(measurement.elapsed_ms for measurement in measurements),
        stages_ms=_stages(measurements),
        degraded=sum(measurement.degraded for measurement in measurements),
        queries=_queries(rankings),
    )


def _quality(rankings: Sequence[Ranking]) -> Quality:
    return Quality(
        queries=len(rankings),
        ndcg_10=fmean(r.ndcg for r in rankings),
        mrr=fmean(r.reciprocal_rank for r in rankings),
        recall={k: fmean(r.recall[k] for r in rankings) for k in RECALL_RANKS},
    )


def _ndcg_of(quality: Mapping[str, Quality], variant: str) -> float:
    return quality[variant].ndcg_10 if variant in quality else 0.0


def _gain(quality: Mapping[str, Quality], fusion: str, best_signal: str, best_half: str) -> Gain:
    def over(variant: str) -> float | None:
        base = _ndcg_of(quality, variant)
        return 100 * (_ndcg_of(quality, fusion) / base - 1) if base else None

    return Gain(over_signal=over(best_signal), over_half=over(best_half))


def _compare(first: Sequence[Ranking], other: Sequence[Ranking]) -> Comparison:
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
    for ranking in rankings:
        grouped[ranking.query.kind][ranking.variant].append(ranking.ndcg)
    return {kind: {name: fmean(values) for name, values in variants.items()} for kind, variants in grouped.items()}


def _kinds(measurements: Iterable[Measurement]) -> dict[str, int]:
    """The number of queries with an answer, of each kind."""
    counts: dict[str, int] = defaultdict(int)
    for measurement in measurements:
        counts[measurement.query.kind] += not measurement.query.none
    return {kind: count for kind, count in counts.items() if count}


def _queries(rankings: Iterable[Ranking]) -> list[QueryQuality]:
    by_query: dict[str, QueryQuality] = {}
    for ranking in rankings:
        text = ranking.query.query
        entry = by_query.setdefault(text, QueryQuality(query=text, kind=ranking.query.kind, ndcg_10={}))
        entry.ndcg_10[ranking.variant] = ranking.ndcg
    return list(by_query.values())


def _no_match(measurements: Sequence[Measurement], threshold: str) -> NoMatch:
    without_hits = [measurement.query for measurement in measurements if not measurement.has_hits]
    return NoMatch(
        threshold=threshold,
        reported=len(without_hits),
        correct=sum(query.none for query in without_hits),
        without_answer=sum(measurement.query.none for measurement in measurements),
        incorrect=[query.query for query in without_hits if not query.none],
        missed=[m.query.query for m in measurements if m.query.none and m.has_hits],
    )


def _stages(measurements: Iterable[Measurement]) -> dict[str, dict[str, float]]:
    """In the order of the deployment's header."""
    durations: dict[str, list[float]] = defaultdict(list)
    for measurement in measurements:
        for stage, ms in measurement.stages_ms.items():
            durations[stage].append(ms)
    return {stage: _percentiles(values) for stage, values in durations.items()}


def _percentiles(values: Iterable[float]) -> dict[str, float]:
    durations = list(values)
    return {"p50": percentile(durations, 0.5), "p95": percentile(durations, 0.95)}
