"""The results of an evaluation of search: over all queries, by kind of query, and of every query."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Quality(BaseModel):
    """Means over the queries with an answer, over the whole ranking (no cutoff)."""

    queries: int
    ndcg_10: float
    mrr: float
    recall: dict[int, float]


class Gain(BaseModel):
    """The gain of a fusion in nDCG@10 over its parts, in per cent; None when the part found nothing.

    `over_signal`: over the best single signal: a lexical signal, a vector signal, or both vector signals.
    `over_half`: over all lexical signals or all vector signals, whichever is better.
    """

    over_signal: float | None
    over_half: float | None


class Comparison(BaseModel):
    """Two fusions query by query: how many rank better and worse, and the mean difference in nDCG@10.

    `low` and `high` are the 95 % confidence interval of the mean; if it contains 0, the difference is not significant.
    """

    better: int
    worse: int
    difference: float
    low: float
    high: float


class NoMatch(BaseModel):
    """How often search reported "no confident match", at one threshold.

    `reported` counts the queries without hits, `correct` those of them that have no answer. `precision`: `correct` over
    `reported`. `recall`: `correct` over all queries without an answer. `incorrect` and `missed` list the errors.
    """

    threshold: str
    reported: int = Field(serialization_alias="told")
    correct: int = Field(serialization_alias="told_rightly")
    without_answer: int
    incorrect: list[str] = Field(serialization_alias="wrongly_told")
    missed: list[str]

    @property
    def precision(self) -> float:
        return self.correct / self.reported if self.reported else 0.0

    @property
    def recall(self) -> float:
        return self.correct / self.without_answer if self.without_answer else 0.0


class QueryQuality(BaseModel):
    """nDCG@10 of one query, for each ranking variant."""

    query: str
    kind: str
    ndcg_10: dict[str, float]


class Report(BaseModel):
    """`quality`, `by_kind` (nDCG@10) and `queries` have a figure for each ranking variant.

    `compared` compares each further fusion with the first. `latency_ms` are p50 and p95 of a whole request, measured by
    the client; `stages_ms` the same of each stage, measured by the deployment. `degraded` counts degraded replies.
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
