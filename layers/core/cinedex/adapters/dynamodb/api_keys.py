"""API keys, each stored twice: in the partition of its account, and under the hash of its secret."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.access.domain.api_keys import ApiKey
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.errors import ApiKeyNotFound

API_KEY = Entity(ApiKey, keys.API_KEY, ApiKeyNotFound)
API_KEY_BY_SECRET = Entity(ApiKey, keys.API_KEY_BY_SECRET, ApiKeyNotFound)


class StoredApiKeys:
    """`ApiKeyRepository`."""

    def __init__(self, of_account: Repository[ApiKey], by_secret: Repository[ApiKey]) -> None:
        self._of_account, self._by_secret = of_account, by_secret

    def add(self, key: ApiKey) -> ApiKey:
        return self.save(key)

    def find(self, secret_sha256: str) -> ApiKey | None:
        return self._by_secret.find(keys.api_key_by_secret(secret_sha256))

    def list(self, account_id: str) -> Sequence[ApiKey]:
        return self._of_account.list(keys.account(account_id))

    def save(self, key: ApiKey) -> ApiKey:
        self._of_account.write_together(self._by_secret.overwrite(key), self._of_account.overwrite(key))
        return key
