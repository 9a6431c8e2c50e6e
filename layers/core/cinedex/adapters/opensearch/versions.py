"""Manage index generations: fill the next one, swap it with the live one, and delete old ones."""

from __future__ import annotations

from typing import Any

from opensearchpy import OpenSearch

from cinedex.adapters.opensearch.generations import (
    NEXT,
    IndexAliases,
    IndexGeneration,
    aliases_of,
    ensure_index,
    read_aliases,
)
from cinedex.adapters.opensearch.index import OpenSearchSegmentIndex, translate_errors
from cinedex.adapters.opensearch.index_template import LIVE_SETTINGS, IndexLayout, ensure_template
from cinedex.kernel.errors import StateConflict
from cinedex.search.domain.index.reindexing import IndexVersion, IndexVersions

SEGMENTS_ONLY = {"query": {"exists": {"field": "segment_index"}}}
"""Excludes the manifests."""


class OpenSearchIndexVersions:
    """`IndexVersionStore`."""

    def __init__(self, client: OpenSearch, layout: IndexLayout | None = None) -> None:
        self._client = client
        self._layout = layout or IndexLayout()

    def versions(self) -> IndexVersions:
        with translate_errors():
            aliases = self._aliases()
            live, following = aliases.indexes_of(self._layout.alias), aliases.indexes_of(self._layout.alias + NEXT)
            old = [name for name in sorted(aliases.aliases) if name not in {*live, *following}]
            return IndexVersions(live=self._counted(live), next=self._counted(following), old=self._counted(old))

    def next_index(self) -> OpenSearchSegmentIndex:
        with translate_errors():
            aliases = self._aliases()
            generation = aliases.next
            if generation is None:
                generation = IndexGeneration(alias=self._layout.alias + NEXT, number=aliases.number_max + 1)
                ensure_template(self._client, self._layout)
                ensure_index(self._client, self._layout, generation, None, dimension=0)
        return OpenSearchSegmentIndex(self._client, self._layout, only=generation)

    def swap(self) -> None:
        """Atomic: every request uses either the old or the new generation."""
        with translate_errors():
            aliases = self._aliases()
            if aliases.next is None:
                raise StateConflict("There is no next index.")
            filled = aliases.indexes_of(self._layout.alias + NEXT)
            self._client.indices.put_settings(index=",".join(filled), body={"index": LIVE_SETTINGS})
            self._client.indices.refresh(index=",".join(filled))
            self._client.indices.update_aliases(body={"actions": self._alias_actions(aliases, aliases.next, filled)})
            # A few large graphs are faster to search than many small ones. The merge runs in the background.
            self._client.indices.forcemerge(
                index=",".join(filled), params={"max_num_segments": 1, "wait_for_completion": "false"}
            )

    def drop_next(self) -> None:
        with translate_errors():
            self._delete(self._aliases().indexes_of(self._layout.alias + NEXT))

    def drop_old(self) -> None:
        with translate_errors():
            self._delete([version.name for version in self.versions().old])

    def _alias_actions(
        self, aliases: IndexAliases, generation: IndexGeneration, filled: list[str]
    ) -> list[dict[str, Any]]:
        actions = [
            {"remove": {"index": name, "alias": alias}} for name, names in aliases.aliases.items() for alias in names
        ]
        for name in filled:
            for alias in aliases_of(self._layout, generation, name):
                actions.append({"add": {"index": name, "alias": alias}})
        return actions

    def _aliases(self) -> IndexAliases:
        return read_aliases(self._client, self._layout)

    def _counted(self, names: list[str]) -> tuple[IndexVersion, ...]:
        """With the number of documents after a refresh, so that recent writes are counted."""
        if names:
            self._client.indices.refresh(index=",".join(names))
        return tuple(
            IndexVersion(name=name, segment_count=self._client.count(index=name, body=SEGMENTS_ONLY)["count"])
            for name in names
        )

    def _delete(self, names: list[str]) -> None:
        for name in names:
            self._client.indices.delete(index=name, ignore_unavailable=True)
