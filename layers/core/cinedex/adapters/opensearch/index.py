"""The segment index in OpenSearch: one msearch per search, bulk writes per video."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException

from cinedex.adapters.opensearch import queries
from cinedex.adapters.opensearch.documents import FOLDED_SINCE, from_source
from cinedex.adapters.opensearch.generations import (
    IndexAliases,
    IndexGeneration,
    ensure_index,
    model_alias,
    read_aliases,
)
from cinedex.adapters.opensearch.index_template import IndexLayout, ensure_template, subtitle_mapping
from cinedex.adapters.opensearch.writing import replace
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.text.folding import fold
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
"""Timeout of a search in seconds."""
NOT_AVAILABLE = "The search store is not available."


@dataclass(frozen=True)
class IndexReply:
    """The hits of each query; partial when a query or one of its shards failed and others succeeded."""

    hits: tuple[list[dict[str, Any]], ...]
    is_partial: bool


class OpenSearchSegmentIndex:
    """Readers use aliases and do not depend on the physical indexes.

    Writes are not transactional: while a video is replaced, a reader may see some of its old and some of its new
    documents. An interrupted writer leaves that mixture until its task is retried. While the next
    generation is filled, writes go to both generations. A scope has at most 65,536 videos (`index.max_terms_count`).
    """

    def __init__(
        self, client: OpenSearch, layout: IndexLayout | None = None, only: IndexGeneration | None = None
    ) -> None:
        """`only` restricts writes to one generation, the one that is being filled."""
        self._client = client
        self._layout = layout or IndexLayout()
        self._only = only

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        """Writes to every generation. They are listed again after the last write, because a new one may exist."""
        written: set[str] = set()
        with translate_errors():
            aliases = self._aliases()
            while missing := [g for g in self._generations(aliases) if g.prefix not in written]:
                for generation in missing:
                    indexes = self._ensure_indexes(aliases, generation, documents)
                    placed = [(indexes[d.model if d.vectors else None], d) for d in documents]
                    refresh = "false" if generation.is_next else self._layout.refresh
                    replace(
                        self._client, indexes[None], refresh, account_id, video_id, placed, generation.schema_version
                    )
                    written.add(generation.prefix)
                aliases = self._aliases()

    def delete_video(self, account_id: str, video_id: str) -> None:
        self.replace_video(account_id, video_id, ())

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        searches = [(self._layout.alias, queries.words_search(words, within, limit))]
        compared = [m for m in EMBEDDED if m in within.modalities] if vector else []
        if vector:
            index = model_alias(self._layout, vector.model)
            searches.extend((index, queries.vector_search(vector, m, within, limit)) for m in compared)
        reply = self._send(searches)
        lexical, *nearest = reply.hits
        word_hits = (WordHit(document=from_source(hit["_source"]), score=hit["_score"]) for hit in lexical)
        return SignalHits(words=tuple(word_hits), vectors=_merged(compared, nearest, limit), degraded=reply.is_partial)

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        [hits] = self._send([(self._layout.alias, queries.literal_search(text, within, limit))]).hits
        documents = (from_source(hit["_source"]) for hit in hits)
        return [document for document in documents if _contains(document, fold(text), within.modalities)]

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        return self.search_literal("", within, limit)

    def _send(self, searches: Sequence[tuple[str, queries.QueryBody]]) -> IndexReply:
        """Sends all queries in one request; an index that does not exist yet has no hits.

        Raises `Unavailable` when every query failed.
        """
        lines = [line for index, query in searches for line in ({"index": index, **LENIENT}, query)]
        with translate_errors():
            responses = self._client.msearch(body=lines, params=READING)["responses"]
        if all("error" in response for response in responses):
            reason = OpenSearchException(responses[0]["error"].get("reason"))
            raise Unavailable(NOT_AVAILABLE) from reason
        return IndexReply(
            hits=tuple([] if "error" in r else r["hits"]["hits"] for r in responses),
            is_partial=any("error" in r or r["_shards"]["failed"] for r in responses),
        )

    def _aliases(self) -> IndexAliases:
        return read_aliases(self._client, self._layout)

    def _generations(self, aliases: IndexAliases) -> list[IndexGeneration]:
        """The generations to write to; the first one when none exists."""
        if self._only:
            return [self._only]
        live = aliases.live or IndexGeneration(alias=self._layout.alias, number=aliases.number_max + 1)
        return [live, aliases.next] if aliases.next else [live]

    def _ensure_indexes(
        self, aliases: IndexAliases, generation: IndexGeneration, documents: Sequence[SegmentDocument]
    ) -> dict[str | None, str]:
        """The index of each model; documents without vectors share one."""
        dimensions: dict[str | None, int] = {None: 0}
        dimensions.update({d.model: len(d.vectors[0].values) for d in documents if d.vectors})
        indexes = {model: generation.index_of(model) for model in dimensions}
        missing = {model for model, index in indexes.items() if index not in aliases.aliases}
        if missing:
            ensure_template(self._client, self._layout)
        if generation.schema_version >= FOLDED_SINCE and any(Modality.SUBTITLE in d.texts for d in documents):
            for model in dimensions.keys() - missing:
                body = subtitle_mapping(self._layout, dimensions[model])
                self._client.indices.put_mapping(index=indexes[model], body=body)
        for model in missing:
            ensure_index(self._client, self._layout, generation, model, dimensions[model])
        return indexes


def _contains(document: SegmentDocument, folded: str, modalities: Sequence[Modality]) -> bool:
    return any(folded in fold(document.texts[m]) for m in modalities if m in document.texts)


def _merged(
    modalities: Sequence[Modality], nearest: Sequence[list[dict[str, Any]]], limit: int
) -> tuple[VectorHit, ...]:
    """One hit for each document, best cosine first."""
    sources: dict[str, dict[str, Any]] = {}
    cosines: dict[str, dict[Modality, float]] = defaultdict(dict)
    for modality, hits in zip(modalities, nearest, strict=False):
        for hit in hits:
            sources[hit["_id"]] = hit["_source"]
            cosines[hit["_id"]][modality] = _cosine(hit["_score"])
    best = sorted(cosines, key=lambda hit_id: -max(cosines[hit_id].values()))[:limit]
    return tuple(VectorHit(document=from_source(sources[i]), cosines=cosines[i]) for i in best)


def _cosine(score: float) -> float:
    """Inverts the positive score that OpenSearch computes from an inner product (2.19, "Spaces")."""
    return score - 1 if score >= 1 else 1 - 1 / score


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises `Unavailable` for errors of the client, whose messages with host names are only for the log."""
    try:
        yield
    except OpenSearchException as error:
        raise Unavailable(NOT_AVAILABLE) from error
