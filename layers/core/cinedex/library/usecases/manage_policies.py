"""Read and write policies: of a collection, and of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import ImpossibleValue, StaleRevision
from cinedex.kernel.retry import CONFLICT, LastError
from cinedex.library.domain.collection_policy import OF_ACCOUNT, RETENTION_DAYS_MAX, CollectionPolicy
from cinedex.library.domain.feature import Feature, trigger_of
from cinedex.library.ports.collection_policies import CollectionPolicies
from cinedex.library.ports.repositories import CollectionRepository


@dataclass(frozen=True)
class ManagePolicies:
    """`default_features` are those of the deployment."""

    policies: CollectionPolicies
    collections: CollectionRepository
    clock: Clock
    default_features: tuple[Feature, ...]

    def get(self, account_id: str, collection_id: str = OF_ACCOUNT) -> CollectionPolicy:
        """An empty one if none was set. Raises `CollectionNotFound`."""
        self._require(account_id, collection_id)
        return self._stored(account_id, collection_id)

    def put(
        self,
        account_id: str,
        collection_id: str,
        features: Sequence[Feature] | None,
        retention_days: int | None,
    ) -> CollectionPolicy:
        """Replaces the policy as a whole. Raises `ImpossibleValue`."""
        self._require(account_id, collection_id)
        unique = None if features is None else tuple(dict.fromkeys(features))
        for feature in unique or ():
            if trigger_of(feature) is None:
                raise ImpossibleValue(f"Feature '{feature.value}' is unavailable in this deployment.", field="features")
        if retention_days is not None and not 1 <= retention_days <= RETENTION_DAYS_MAX:
            raise ImpossibleValue(f"retention_days must be 1 to {RETENTION_DAYS_MAX}.", field="retention_days")
        last = LastError()
        for _ in CONFLICT.attempts("store a policy", self.clock.sleep, last):
            changes = {"features": unique, "retention_days": retention_days, "updated_at": self.clock.now()}
            try:
                return self.policies.save(self._stored(account_id, collection_id).model_copy(update=changes))
            except StaleRevision as error:
                last.error = error
        raise StaleRevision("The policy was changed by other requests in every attempt. Try again.")

    def features(self, account_id: str, collection_id: str | None) -> tuple[Feature, ...]:
        """Of the first of collection, account and deployment that names any, or none on purpose."""
        for one in (collection_id, OF_ACCOUNT):
            policy = None if one is None else self.policies.find(account_id, one)
            if policy is not None and policy.features is not None:
                return policy.features
        return self.default_features

    def _require(self, account_id: str, collection_id: str) -> None:
        if collection_id != OF_ACCOUNT:
            self.collections.get(account_id, collection_id)

    def _stored(self, account_id: str, collection_id: str) -> CollectionPolicy:
        empty = CollectionPolicy(account_id=account_id, collection_id=collection_id, updated_at=self.clock.now())
        return self.policies.find(account_id, collection_id) or empty
