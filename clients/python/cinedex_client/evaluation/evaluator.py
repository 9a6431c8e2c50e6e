"""Sends every query of a labelled set to the search API of a deployment, in every ranking variant."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cinedex_client import Client
from cinedex_client.errors import WrongRequest
from cinedex_client.evaluation.aggregation import Measurement, Ranking, report_of
from cinedex_client.evaluation.labelled_set import LabelledQuery, LabelledSet
from cinedex_client.evaluation.measures import Hit
from cinedex_client.evaluation.ranking_variants import FusionName, ranking_variants
from cinedex_client.evaluation.report import Report
from cinedex_client.models import SearchReply

HITS_MAX = 50


@dataclass(frozen=True)
class Evaluator:
    """`names` maps the ids of the videos that are searched to their names in the set."""

    library: Client
    names: Mapping[str, str]
    fusions: Sequence[str] = tuple(FusionName)
    threshold: str = "medium"
    rerank: bool = False
    whole_library: bool = False

    def evaluate(self, labelled: LabelledSet, advance: Callable[[], None] = lambda: None) -> Report:
        """`advance` is called after each query.

        Raises:
            WrongRequest: with the query that the deployment rejects.
        """
        rankings: list[Ranking] = []
        measurements: list[Measurement] = []
        for query in labelled.queries:
            with _named(query):
                # The request of an ordinary client comes first: a deployment may cache the vector of a query.
                measurements.append(self._measure(query))
                rankings.extend(self._rankings(query))
            advance()
        return report_of(self.fusions, rankings, measurements, self.threshold)

    def _measure(self, query: LabelledQuery) -> Measurement:
        started_at = time.perf_counter()
        reply = self._search(query, threshold=self.threshold)
        elapsed_ms = (time.perf_counter() - started_at) * 1000
        return Measurement(query, bool(reply.data), reply.degraded, elapsed_ms, reply.stages_ms)

    def _rankings(self, query: LabelledQuery) -> Iterator[Ranking]:
        for variant in () if query.none else ranking_variants(self.fusions):
            reply = self._search(query, threshold="none", **variant.fields)
            yield Ranking.of(variant.name, query, list(self._hits(reply)))

    def _search(self, query: LabelledQuery, **fields: Any) -> SearchReply:
        videos = () if self.whole_library else tuple(self.names)
        return self.library.search(query.query, video_ids=videos, limit=HITS_MAX, rerank=self.rerank, **fields)

    def _hits(self, reply: SearchReply) -> Iterator[Hit]:
        for moment in reply.data:
            name = self.names.get(moment.video_id, moment.video_id)
            yield Hit(name, moment.start or 0.0, float("inf") if moment.end is None else moment.end)


@contextmanager
def _named(query: LabelledQuery) -> Iterator[None]:
    try:
        yield
    except WrongRequest as error:
        raise WrongRequest(
            f"The deployment rejects the query “{query.query}” of the set: {error.message}",
            hint="Change or remove its line.",
            request_id=error.request_id,
        ) from error
