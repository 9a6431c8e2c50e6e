"""A new family of indexes beside the live one, and the step from one to the other."""

from __future__ import annotations

from typing import Any

from opensearchpy import OpenSearch

from cinedex.adapters.opensearch.generations import (
    NEXT,
    IndexAliases,
    IndexGeneration,
    aliases_of,
    ensure_index,
    roles_of,
)
from cinedex.adapters.opensearch.index import OpenSearchSegmentIndex, reachable
from cinedex.adapters.opensearch.index_template import READ, IndexLayout, ensure_template
from cinedex.kernel.errors import StateConflict
from cinedex.search.domain.index.reindexing import IndexVersion, IndexVersions

SEGMENTS = {"query": {"exists": {"field": "segment_index"}}}
"""And not the notes of what a video has."""


class OpenSearchIndexVersions:
    """`IndexVersionStore`."""

    def __init__(self, client: OpenSearch, layout: IndexLayout | None = None) -> None:
        self._client = client
        self._layout = layout or IndexLayout()

    def versions(self) -> IndexVersions:
        with reachable():
            roles = self._roles()
            live, beside = roles.behind(self._layout.alias), roles.behind(self._layout.alias + NEXT)
            old = [name for name in sorted(roles.aliases) if name not in {*live, *beside}]
            return IndexVersions(live=self._counted(live), next=self._counted(beside), old=self._counted(old))

    def next_index(self) -> OpenSearchSegmentIndex:
        with reachable():
            roles = self._roles()
            family = roles.next
            if family is None:
                family = IndexGeneration(alias=self._layout.alias + NEXT, generation=roles.generation_max + 1)
                ensure_template(self._client, self._layout)
                ensure_index(self._client, self._layout, family, None, dimension=0)
        return OpenSearchSegmentIndex(self._client, self._layout, only=family)

    def swap(self) -> None:
        """Each alias leads to one family before and to the other behind it, for no request to both."""
        with reachable():
            roles = self._roles()
            if roles.next is None:
                raise StateConflict("There is no next index.")
            filled = roles.behind(self._layout.alias + NEXT)
            self._client.indices.put_settings(index=",".join(filled), body={"index": READ})
            self._client.indices.refresh(index=",".join(filled))
            self._client.indices.update_aliases(body={"actions": self._actions(roles, roles.next, filled)})
            # Few large graphs are faster than many small ones. It goes on by itself.
            self._client.indices.forcemerge(
                index=",".join(filled), params={"max_num_segments": 1, "wait_for_completion": "false"}
            )

    def drop_next(self) -> None:
        with reachable():
            self._delete(self._roles().behind(self._layout.alias + NEXT))

    def drop_old(self) -> None:
        with reachable():
            self._delete([version.name for version in self.versions().old])

    def _actions(self, roles: IndexAliases, family: IndexGeneration, filled: list[str]) -> list[dict[str, Any]]:
        actions = [
            {"remove": {"index": name, "alias": alias}} for name, aliases in roles.aliases.items() for alias in aliases
        ]
        for name in filled:
            for alias in aliases_of(self._layout, family, name):
                actions.append({"add": {"index": name, "alias": alias}})
        return actions

    def _roles(self) -> IndexAliases:
        return roles_of(self._client, self._layout)

    def _counted(self, names: list[str]) -> tuple[IndexVersion, ...]:
        """With what was written a moment ago: whoever has filled an index wants to see it full."""
        if names:
            self._client.indices.refresh(index=",".join(names))
        return tuple(
            IndexVersion(name=name, segment_count=self._client.count(index=name, body=SEGMENTS)["count"])
            for name in names
        )

    def _delete(self, names: list[str]) -> None:
        for name in names:
            self._client.indices.delete(index=name, ignore_unavailable=True)
