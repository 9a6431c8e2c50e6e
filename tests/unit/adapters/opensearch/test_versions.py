"""The swap of index generations: one request moves every alias, so that no reader finds none."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.kernel.errors import StateConflict

pytest.importorskip("opensearchpy")
from cinedex.adapters.opensearch.index_template import IndexLayout
from cinedex.adapters.opensearch.versions import OpenSearchIndexVersions

LAYOUT = IndexLayout()
LIVE, FOLLOWING = f"{LAYOUT.alias}-s1-g1-words", f"{LAYOUT.alias}-s1-g2-words"


class RecordingIndices:
    """`client.indices` over a dictionary of aliases."""

    def __init__(self, aliases: dict[str, set[str]]) -> None:
        self.aliases = aliases
        self.requests: list[str] = []

    def get_alias(self, index: str) -> dict[str, Any]:
        return {name: {"aliases": {alias: {} for alias in names}} for name, names in self.aliases.items()}

    def update_aliases(self, body: dict[str, Any]) -> None:
        self.requests.append("update_aliases")
        for action in body["actions"]:
            ((kind, target),) = action.items()
            change = set.add if kind == "add" else set.remove
            change(self.aliases[target["index"]], target["alias"])

    def put_settings(self, **_: Any) -> None:
        self.requests.append("put_settings")

    def refresh(self, **_: Any) -> None:
        self.requests.append("refresh")

    def forcemerge(self, **_: Any) -> None:
        self.requests.append("forcemerge")


class RecordingClient:
    def __init__(self, aliases: dict[str, set[str]]) -> None:
        self.indices = RecordingIndices(aliases)


def test_all_aliases_move_in_one_request_after_the_next_index_can_be_searched() -> None:
    client: Any = RecordingClient({LIVE: {LAYOUT.alias, "old"}, FOLLOWING: {f"{LAYOUT.alias}-next"}})
    OpenSearchIndexVersions(client, LAYOUT).swap()
    assert client.indices.requests.count("update_aliases") == 1
    assert client.indices.requests.index("refresh") < client.indices.requests.index("update_aliases")
    assert client.indices.aliases[LIVE] == set()
    assert LAYOUT.alias in client.indices.aliases[FOLLOWING]
    assert f"{LAYOUT.alias}-next" not in client.indices.aliases[FOLLOWING]


def test_without_a_next_index_no_alias_moves() -> None:
    client: Any = RecordingClient({LIVE: {LAYOUT.alias}})
    with pytest.raises(StateConflict):
        OpenSearchIndexVersions(client, LAYOUT).swap()
    assert client.indices.requests == []
