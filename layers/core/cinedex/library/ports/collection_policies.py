"""The port of policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.library.domain.collection_policy import CollectionPolicy


class CollectionPolicies(Protocol):
    def find(self, account_id: str, collection_id: str) -> CollectionPolicy | None: ...

    def save(self, policy: CollectionPolicy) -> CollectionPolicy:
        """Store over the revision that was read; 0: there was none. Raises `StaleRevision`."""

    def delete(self, account_id: str, collection_id: str) -> None: ...

    def list_retaining(self) -> Sequence[CollectionPolicy]:
        """Of all accounts, those with `retention_days`, first the one that was swept the longest time ago."""
