"""Create, list and revoke API keys. A secret is returned once and never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.access.domain.api_keys import ApiKey, Scope, hash_secret, new_secret
from cinedex.access.ports.api_keys import ApiKeyRepository
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import ApiKeyNotFound
from cinedex.kernel.ids import new_id


@dataclass(frozen=True)
class ManageApiKeys:
    keys: ApiKeyRepository
    clock: Clock

    def create(self, account_id: str, name: str, scope: Scope, requests_max: int | None = None) -> tuple[ApiKey, str]:
        """The stored key and its secret. `requests_max` replaces the rate limit of the deployment."""
        secret = new_secret()
        key = ApiKey(
            key_id=new_id(),
            account_id=account_id,
            name=name,
            secret_sha256=hash_secret(secret),
            hint=secret[-4:],
            scope=scope,
            requests_max=requests_max,
            created_at=self.clock.now(),
        )
        return self.keys.add(key), secret

    def list(self, account_id: str) -> Sequence[ApiKey]:
        """Newest first, including revoked keys."""
        return self.keys.list(account_id)

    def revoke(self, account_id: str, key_id: str) -> ApiKey:
        """Takes effect with the next request. Safe to repeat. Raises `ApiKeyNotFound`."""
        key = next((k for k in self.keys.list(account_id) if k.key_id == key_id), None)
        if key is None:
            raise ApiKeyNotFound
        if key.revoked_at is not None:
            return key
        return self.keys.save(key.model_copy(update={"revoked_at": self.clock.now()}))
