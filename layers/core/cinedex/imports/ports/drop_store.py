"""The port of what is known of dropped files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.imports.domain.drop_entry import DropCounts, DropEntry, DropList
from cinedex.imports.domain.drop_key import DropFile
from cinedex.imports.domain.drop_object import DropKind, DropObject
from cinedex.kernel.pagination import Page


class DropStore(Protocol):
    def find(self, file: DropFile, kind: DropKind, stem_id: str) -> DropObject | None: ...

    def find_many(self, files: Sequence[DropFile]) -> Sequence[DropObject]:
        """The records of videos and sidecars that exist, under their own stems."""

    def of_stem(self, account_id: str, stem_id: str) -> Sequence[DropObject]:
        """Videos and sidecars; sees every earlier write."""

    def save(self, before: DropObject | None, after: DropObject) -> DropObject:
        """Store the record with the entries of its lists and with the counts, in one transaction.

        Returns the next revision. Raises `StaleRevision` unless `before` is what is stored; None: nothing is.
        """

    def counts(self, account_id: str) -> DropCounts: ...

    def page(self, account_id: str, list_name: DropList, limit: int, cursor: str | None = None) -> Page[DropEntry]:
        """Newest first."""
