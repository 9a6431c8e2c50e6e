"""The segment index in OpenSearch: one msearch per search, bulk writes per video."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException, TransportError

from cinedex.adapters.opensearch import hits as hits_of
from cinedex.adapters.opensearch import queries
from cinedex.adapters.opensearch.bulk import write_all
from cinedex.adapters.opensearch.documents import FOLDED_SINCE, from_source, manifest_id
from cinedex.adapters.opensearch.generations import (
    IndexAliases,
    IndexGeneration,
    ensure_index,
    model_alias,
    read_aliases,
)
from cinedex.adapters.opensearch.index_template import IndexLayout, ensure_template, subtitle_mapping
from cinedex.adapters.opensearch.writing import newer, read_manifest, remove, replace
from cinedex.kernel.errors import StoreUnavailable, Unavailable
from cinedex.kernel.text.folding import fold
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoCount, VideoPage
from cinedex.search.domain.index.segment_document import (
    EMBEDDED,
    QueryVector,
    SegmentDocument,
    SegmentFilter,
    SignalHits,
    WordHit,
)
from cinedex.timeline.modality import Modality

LENIENT = {"ignore_unavailable": True, "allow_no_indices": True}
READING = {"request_timeout": 5}
"""Timeout of a search in seconds."""
NOT_AVAILABLE = "The search store is not available."
TEMPORARY_STATUS = frozenset({408, 429})
"""The only client errors after which the same request may succeed later."""


@dataclass(frozen=True)
class IndexReply:
    """The hits of each query; partial when a query or one of its shards failed and others succeeded."""

    hits: tuple[list[dict[str, Any]], ...]
    is_partial: bool


class OpenSearchSegmentIndex:
    """Readers use aliases and do not depend on the physical indexes.

    Writes are not transactional: while a video is replaced, a reader may see some of its old and some of its new
    documents. An interrupted writer leaves that mixture until its task is retried. While the next
    generation is filled, writes go to both generations. A scope lists at most 65,536 videos (`index.max_terms_count`).
    """

    def __init__(
        self, client: OpenSearch, layout: IndexLayout | None = None, only: IndexGeneration | None = None
    ) -> None:
        """`only` restricts writes to one generation, the one that is being filled."""
        self._client = client
        self._layout = layout or IndexLayout()
        self._only = only

    def replace_video(
        self, account_id: str, video_id: str, documents: Sequence[SegmentDocument], video: IndexedVideo | None = None
    ) -> None:
        def write(aliases: IndexAliases, generation: IndexGeneration) -> None:
            indexes = self._ensure_indexes(aliases, generation, documents)
            placed = [(indexes[d.model if d.vectors else None], d) for d in documents]
            refresh = self._refresh_of(generation)
            schema = generation.schema_version
            replace(self._client, indexes[None], refresh, account_id, video_id, placed, schema, video)

        self._write(write)

    def set_fields(self, video: IndexedVideo) -> bool:
        """The fields are on every segment, with its vectors, which are not stored in a form that can be read."""
        done: list[bool] = []

        def write(_aliases: IndexAliases, generation: IndexGeneration) -> None:
            done.append(self._set_fields(generation, video))

        self._write(write)
        return all(done)

    def delete_video(self, account_id: str, video_id: str) -> None:
        def write(aliases: IndexAliases, generation: IndexGeneration) -> None:
            manifests = generation.index_of(None)
            if manifests in aliases.aliases:
                remove(self._client, manifests, self._refresh_of(generation), account_id, video_id)

        self._write(write)

    def _write(self, write: Callable[[IndexAliases, IndexGeneration], None]) -> None:
        """Writes to every generation. They are listed again after the last write, because a new one may exist."""
        written: set[str] = set()
        with translate_errors():
            aliases = self._aliases()
            while missing := [g for g in self._generations(aliases) if g.prefix not in written]:
                for generation in missing:
                    write(aliases, generation)
                    written.add(generation.prefix)
                aliases = self._aliases()

    def _refresh_of(self, generation: IndexGeneration) -> str:
        return "false" if generation.is_next else self._layout.refresh

    def _set_fields(self, generation: IndexGeneration, video: IndexedVideo) -> bool:
        """True when the index has these fields, or newer ones, or does not have the video."""
        manifests, key = generation.index_of(None), manifest_id(video.account_id, video.video_id)
        manifest = read_manifest(self._client, manifests, key)
        if manifest.is_new or newer(manifest.fields, video) is not video:
            return True
        if manifest.fields is None or not manifest.fields.has_fields_of(video):
            return False
        current = manifest.model_copy(update={"fields": video}).to_json(generation.schema_version)
        write_all(self._client, [(manifests, key, current)], refresh="false")
        return True

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        searches = [(self._layout.alias, queries.words_search(words, within, limit))]
        compared = [m for m in EMBEDDED if m in within.modalities] if vector else []
        if vector:
            index = model_alias(self._layout, vector.model)
            searches.extend((index, queries.vector_search(vector, m, within, limit)) for m in compared)
        reply = self._send(searches, within)
        lexical, *nearest = reply.hits
        word_hits = (WordHit(document=from_source(hit["_source"]), score=hit["_score"]) for hit in lexical)
        return SignalHits(
            words=tuple(word_hits), vectors=hits_of.merged(compared, nearest, limit), degraded=reply.is_partial
        )

    def count(self, within: SegmentFilter) -> VideoCount:
        """Videos without fields are counted approximately, and have no duration."""
        searches = (queries.count_videos(within), queries.count_unknown_videos(within))
        known, unknown = self._responses([(self._layout.alias, query) for query in searches])
        found, others = hits_of.total(known), hits_of.aggregated(unknown, "videos")
        return VideoCount(videos=found + int(others), duration_s=hits_of.aggregated(known, "duration_s"))

    def newest(self, within: SegmentFilter, name_part: str, limit: int) -> VideoPage:
        [response] = self._responses([(self._layout.alias, queries.newest_videos(within, name_part, limit))])
        hits = response["hits"]["hits"] if hits_of.total(response) else []
        return VideoPage(
            video_ids=tuple(h["_source"]["video"]["video_id"] for h in hits), total=hits_of.total(response)
        )

    def unknown_videos(self, limit: int) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        """None: an index of an earlier schema is replaced by a new one (`ReindexLibrary`)."""
        return ()

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        [hits] = self._send([(self._layout.alias, queries.literal_search(text, within, limit))], within).hits
        documents = (from_source(hit["_source"]) for hit in hits)
        return [document for document in documents if hits_of.contains(document, fold(text), within.modalities)]

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        return self.search_literal("", within, limit)

    def _send(self, searches: Sequence[tuple[str, queries.QueryBody]], within: SegmentFilter) -> IndexReply:
        """Sends all queries in one request; an index that does not exist yet has no hits.

        Raises `StoreUnavailable` when every query failed.
        """
        responses = self._responses(searches)
        hits = ([] if "error" in r else hits_of.admitted(r["hits"]["hits"], within) for r in responses)
        return IndexReply(hits=tuple(hits), is_partial=any("error" in r or r["_shards"]["failed"] for r in responses))

    def _responses(self, searches: Sequence[tuple[str, queries.QueryBody]]) -> list[dict[str, Any]]:
        lines = [line for index, query in searches for line in ({"index": index, **LENIENT}, query)]
        with translate_errors():
            responses: list[dict[str, Any]] = self._client.msearch(body=lines, params=READING)["responses"]
        if all("error" in response for response in responses):
            reason = OpenSearchException(responses[0]["error"].get("reason"))
            raise StoreUnavailable(NOT_AVAILABLE) from reason
        return responses

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


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises `Unavailable` for a rejected request, and `StoreUnavailable` for every other error of the client.

    The messages of the client have host names and are only for the log.
    """
    try:
        yield
    except OpenSearchException as error:
        if _is_rejected(error):
            raise Unavailable("The search store rejected a request.") from error
        raise StoreUnavailable(NOT_AVAILABLE) from error


def _is_rejected(error: OpenSearchException) -> bool:
    """True when the request is at fault, for instance too large, so that other requests may succeed."""
    status = error.status_code if isinstance(error, TransportError) else None
    return isinstance(status, int) and 400 <= status < 500 and status not in TEMPORARY_STATUS
