"""Policies of collections and accounts."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.imports import drop_keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.errors import StaleRevision, StateConflict
from cinedex.library.domain.collection_policy import CollectionPolicy

POLICY = Entity(
    CollectionPolicy,
    keys.POLICY,
    revision="revision",
    since=lambda policy: (policy.swept_at or policy.updated_at) if policy.retention_days else None,
)


class StoredCollectionPolicies:
    """`CollectionPolicies`. A stored policy has a revision of at least 1."""

    def __init__(self, policies: Repository[CollectionPolicy]) -> None:
        self._policies = policies

    def find(self, account_id: str, collection_id: str) -> CollectionPolicy | None:
        return self._policies.find(drop_keys.policy(account_id, collection_id))

    def save(self, policy: CollectionPolicy) -> CollectionPolicy:
        if policy.revision:
            return self._policies.replace(policy)
        try:
            return self._policies.create(POLICY.next_revision(policy))
        except StateConflict:
            raise StaleRevision("The policy was set by another request.") from None

    def delete(self, account_id: str, collection_id: str) -> None:
        self._policies.delete(drop_keys.policy(account_id, collection_id))

    def list_retaining(self) -> Sequence[CollectionPolicy]:
        return self._policies.list_unfinished()
