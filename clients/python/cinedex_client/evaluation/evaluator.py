"""Asks a deployment every query of a labelled set, through the same door as everybody, in every way to rank."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cinedex_client import Client
from cinedex_client.errors import WrongRequest
from cinedex_client.evaluation.aggregation import Ranking, Request, report_of
from cinedex_client.evaluation.labelled_set import LabelledQuery, LabelledSet
from cinedex_client.evaluation.measures import Hit
from cinedex_client.evaluation.ranking_variants import FUSIONS, ways
from cinedex_client.evaluation.report import Report
from cinedex_client.models import SearchReply

DEEP = 50


@dataclass(frozen=True)
class Examination:
    """`names` are the videos that are searched: their names in the set, by id."""

    library: Client
    names: Mapping[str, str]
    fusions: Sequence[str] = FUSIONS
    threshold: str = "medium"
    rerank: bool = False
    whole_library: bool = False

    def __call__(self, labelled: LabelledSet, advance: Callable[[], None]) -> Report:
        """`advance` is told of every query that is done.

        Raises:
            WrongRequest: with the query that the deployment does not accept.
        """
        rankings: list[Ranking] = []
        requests: list[Request] = []
        for query in labelled.queries:
            with _named(query):
                # First as everybody sends it: a deployment may remember the vector of a query.
                requests.append(self._request(query))
                rankings.extend(self._rankings(query))
            advance()
        return report_of(self.fusions, rankings, requests, self.threshold)

    def _request(self, query: LabelledQuery) -> Request:
        began_at = time.perf_counter()
        reply = self._search(query, threshold=self.threshold)
        taken_ms = (time.perf_counter() - began_at) * 1000
        return Request(query, bool(reply.data), reply.degraded, taken_ms, reply.stages_ms)

    def _rankings(self, query: LabelledQuery) -> Iterator[Ranking]:
        for way in () if query.none else ways(self.fusions):
            reply = self._search(query, threshold="none", **way.asked)
            yield Ranking.of(way.name, query, list(self._hits(reply)))

    def _search(self, query: LabelledQuery, **asked: Any) -> SearchReply:
        videos = () if self.whole_library else tuple(self.names)
        return self.library.search(query.query, video_ids=videos, limit=DEEP, rerank=self.rerank, **asked)

    def _hits(self, reply: SearchReply) -> Iterator[Hit]:
        for moment in reply.data:
            name = self.names.get(moment.video_id, moment.video_id)
            yield Hit(name, moment.start or 0.0, float("inf") if moment.end is None else moment.end)


@contextmanager
def _named(query: LabelledQuery) -> Iterator[None]:
    try:
        yield
    except WrongRequest as refusal:
        raise WrongRequest(
            f"The query “{query.query}” of the set is not accepted: {refusal.message}",
            mend="Change its line, or take it out.",
            request_id=refusal.request_id,
        ) from refusal
