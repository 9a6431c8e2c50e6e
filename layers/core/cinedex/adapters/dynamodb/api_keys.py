"""API keys, each stored twice: in the partition of its account, and under the hash of its secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from cinedex.access.domain.api_keys import ApiKey
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.errors import ApiKeyNotFound, Unavailable
from cinedex.kernel.pagination import Page

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

    def get(self, account_id: str, key_id: str) -> ApiKey:
        return self._of_account.get(keys.api_key(account_id, key_id))

    def page(self, account_id: str, limit: int, cursor: str | None = None) -> Page[ApiKey]:
        return self._of_account.page(keys.account(account_id), limit, cursor)

    def save(self, key: ApiKey) -> ApiKey:
        self._of_account.write_together(self._by_secret.overwrite(key), self._of_account.overwrite(key))
        return key


class DynamoDbKeyUses:
    """`KeyUses`: one item for each key that was used, with the time in seconds."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def record(self, key_id: str, now: datetime, after: datetime) -> None:
        values = {":now": int(now.timestamp()), ":after": int(after.timestamp())}
        condition = "attribute_not_exists(pk) OR last_used_at <= :after"
        try:
            self._table.change(*keys.api_key_use(key_id), "SET last_used_at = :now", condition, values)
        except ConditionFailed:
            return
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"The table did not store the use of API key {key_id}.") from error

    def last_used(self, key_ids: Sequence[str]) -> Mapping[str, datetime]:
        items = self._table.get_many([keys.api_key_use(key_id) for key_id in key_ids])
        by_pk = {str(item["pk"]): datetime.fromtimestamp(int(item["last_used_at"]), UTC) for item in items}
        pks = {key_id: keys.api_key_use(key_id).pk for key_id in key_ids}
        return {key_id: by_pk[pk] for key_id, pk in pks.items() if pk in by_pk}
