"""What an evaluation of search found: figures over all queries, by kind of query, and of every query."""

from __future__ import annotations

from pydantic import BaseModel


class Quality(BaseModel):
    """Means over the queries with an answer, of everything that was ranked (no cutoff)."""

    queries: int
    ndcg_10: float
    mrr: float
    recall: dict[int, float]


class Gain(BaseModel):
    """How much better a fusion ranks than what it fuses, in per cent of nDCG@10; None where that found nothing.

    `over_signal`: than the best single signal: a list of words or of vectors, or all vectors. `over_half`: than all
    words together or all vectors together, whichever is better.
    """

    over_signal: float | None
    over_half: float | None


class Comparison(BaseModel):
    """Two fusions query by query: how many rank better and worse, and the mean difference in nDCG@10.

    `low` and `high` hold that mean with 95 % confidence; if 0 is between them, this set does not tell the two apart.
    """

    better: int
    worse: int
    difference: float
    low: float
    high: float


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


class QueryQuality(BaseModel):
    """nDCG@10 of one query, for each way to rank."""

    query: str
    kind: str
    ndcg_10: dict[str, float]


class Report(BaseModel):
    """`quality`, `by_kind` (nDCG@10) and `queries` are told for each way to rank.

    `compared` sets each further fusion beside the first one. `latency_ms` are p50 and p95 of a whole request, measured
    here; `stages_ms` the same of what the deployment says of its stages. `degraded` counts replies without a signal.
    """

    quality: dict[str, Quality]
    fusions: list[str]
    best_signal: str
    best_half: str
    gains: dict[str, Gain]
    compared: dict[str, Comparison]
    by_kind: dict[str, dict[str, float]]
    kinds: dict[str, int]
    no_match: NoMatch
    latency_ms: dict[str, float]
    stages_ms: dict[str, dict[str, float]]
    degraded: int
    queries: list[QueryQuality]
