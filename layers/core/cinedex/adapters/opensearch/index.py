"""The port on OpenSearch: one msearch for a question, one bulk for a video."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException

from cinedex.adapters.opensearch import queries
from cinedex.adapters.opensearch.documents import from_source
from cinedex.adapters.opensearch.generations import IndexAliases, IndexGeneration, ensure_index, model_alias, roles_of
from cinedex.adapters.opensearch.index_template import IndexLayout, ensure_template
from cinedex.adapters.opensearch.writing import replace
from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.index.segment_document import (
    EMBEDDED,
    QueryVector,
    SegmentDocument,
    SegmentFilter,
    SignalHits,
    VectorHit,
    WordHit,
)
from cinedex.timeline.modality import Modality

LENIENT = {"ignore_unavailable": True, "allow_no_indices": True}
READING = {"request_timeout": 5}
"""Seconds that somebody who searches is let wait."""


@dataclass(frozen=True)
class IndexReply:
    """The hits of each query; partial when a query, or a shard of one, failed while others were answered."""

    hits: tuple[list[dict[str, Any]], ...]
    is_partial: bool


class OpenSearchSegmentIndex:
    """Behind aliases, so that readers never learn which index answers.

    A write is not a transaction here: while a video is replaced, a reader may see some of its old and some
    of its new documents, and a writer that dies leaves that mixture until the write is repeated, as every
    task of ours is. While a family of indexes is filled beside the live one, what is written goes into both.
    A pool holds at most 65,536 videos (`index.max_terms_count`).
    """

    def __init__(
        self, client: OpenSearch, layout: IndexLayout | None = None, only: IndexGeneration | None = None
    ) -> None:
        """`only` is a family that is filled beside the live one: then nothing else is written."""
        self._client = client
        self._layout = layout or IndexLayout()
        self._only = only

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        """Into every family there is, looked up once more behind the last write: one may be new."""
        written: set[str] = set()
        with reachable():
            roles = self._roles()
            while missing := [f for f in self._families(roles) if f.prefix not in written]:
                for family in missing:
                    indexes = self._ensured(roles, family, documents)
                    placed = [(indexes[d.model if d.vectors else None], d) for d in documents]
                    refresh = "false" if family.is_next else self._layout.refresh
                    replace(self._client, indexes[None], refresh, account_id, video_id, placed)
                    written.add(family.prefix)
                roles = self._roles()

    def delete_video(self, account_id: str, video_id: str) -> None:
        self.replace_video(account_id, video_id, ())

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        asked = [(self._layout.alias, queries.words_search(words, within, limit))]
        compared = [m for m in EMBEDDED if m in within.modalities] if vector else []
        if vector:
            index = model_alias(self._layout, vector.model)
            asked.extend((index, queries.vector_search(vector, m, within, limit)) for m in compared)
        answer = self._ask(asked)
        lexical, *close = answer.hits
        found = (WordHit(document=from_source(hit["_source"]), score=hit["_score"]) for hit in lexical)
        return SignalHits(words=tuple(found), vectors=_merged(compared, close, limit), degraded=answer.is_partial)

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        [hits] = self._ask([(self._layout.alias, queries.literal_search(text, within, limit))]).hits
        found = (from_source(hit["_source"]) for hit in hits)
        return [document for document in found if _holds(document, text.lower(), within.modalities)]

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        return self.search_literal("", within, limit)

    def _ask(self, asked: Sequence[tuple[str, queries.Query]]) -> IndexReply:
        """In one round trip; an index that does not exist yet has no hits.

        Raises `Unavailable` when not one of the queries was answered.
        """
        lines = [line for index, query in asked for line in ({"index": index, **LENIENT}, query)]
        with reachable():
            answers = self._client.msearch(body=lines, params=READING)["responses"]
        if all("error" in answer for answer in answers):
            reason = OpenSearchException(answers[0]["error"].get("reason"))
            raise Unavailable("The search store cannot answer at the moment.") from reason
        return IndexReply(
            hits=tuple([] if "error" in a else a["hits"]["hits"] for a in answers),
            is_partial=any("error" in a or a["_shards"]["failed"] for a in answers),
        )

    def _roles(self) -> IndexAliases:
        return roles_of(self._client, self._layout)

    def _families(self, roles: IndexAliases) -> list[IndexGeneration]:
        """Those that a write goes to; without any, the first one."""
        if self._only:
            return [self._only]
        live = roles.live or IndexGeneration(alias=self._layout.alias, generation=roles.generation_max + 1)
        return [live, roles.next] if roles.next else [live]

    def _ensured(
        self, roles: IndexAliases, family: IndexGeneration, documents: Sequence[SegmentDocument]
    ) -> dict[str | None, str]:
        """The index of each model; documents without vectors share one, for no model has a say in them."""
        dimensions: dict[str | None, int] = {None: 0}
        dimensions.update({d.model: len(d.vectors[0].values) for d in documents if d.vectors})
        indexes = {model: family.index_of(model) for model in dimensions}
        missing = {model for model, index in indexes.items() if index not in roles.aliases}
        if missing:
            ensure_template(self._client, self._layout)
        for model in missing:
            ensure_index(self._client, self._layout, family, model, dimensions[model])
        return indexes


def _holds(document: SegmentDocument, lowered: str, modalities: Sequence[Modality]) -> bool:
    return any(lowered in document.texts[m].lower() for m in modalities if m in document.texts)


def _merged(modalities: Sequence[Modality], close: Sequence[list[dict[str, Any]]], limit: int) -> tuple[VectorHit, ...]:
    """One hit for each document, best cosine first."""
    sources: dict[str, dict[str, Any]] = {}
    cosines: dict[str, dict[Modality, float]] = defaultdict(dict)
    for modality, hits in zip(modalities, close, strict=False):
        for hit in hits:
            sources[hit["_id"]] = hit["_source"]
            cosines[hit["_id"]][modality] = _cosine(hit["_score"])
    best = sorted(cosines, key=lambda found: -max(cosines[found].values()))[:limit]
    return tuple(VectorHit(document=from_source(sources[i]), cosines=cosines[i]) for i in best)


def _cosine(score: float) -> float:
    """Every engine scores an inner product so that it is positive (OpenSearch 2.19, "Spaces")."""
    return score - 1 if score >= 1 else 1 - 1 / score


@contextmanager
def reachable() -> Iterator[None]:
    """What the client says names hosts and classes, which is for the log and for nobody who searches."""
    try:
        yield
    except OpenSearchException as error:
        raise Unavailable("The search store cannot be used at the moment.") from error
