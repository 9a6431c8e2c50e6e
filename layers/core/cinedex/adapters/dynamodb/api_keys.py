"""API keys, stored by account and by secret."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.access.domain.api_keys import ApiKey
from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import DynamoDbTable


class DynamoDbApiKeys:
    """`ApiKeyRepository`; each key is stored twice, to be found by its secret and by its account."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def add(self, key: ApiKey) -> ApiKey:
        return self.save(key)

    def find(self, secret_sha256: str) -> ApiKey | None:
        item = self._table.get(f"K#{secret_sha256}", "KEY")
        return ApiKey.model_validate_json(str(item["body"])) if item else None

    def list(self, account_id: str) -> Sequence[ApiKey]:
        items = self._table.query(f"A#{account_id}", begins="K#", newest_first=True)
        return [ApiKey.model_validate_json(str(i["body"])) for i in items]

    def save(self, key: ApiKey) -> ApiKey:
        body = key.model_dump_json()
        by_secret: Item = {"pk": f"K#{key.secret_sha256}", "sk": "KEY", "body": body}
        by_account: Item = {"pk": f"A#{key.account_id}", "sk": f"K#{key.key_id}", "body": body}
        self._table.write_together([self._table.put_request(i) for i in (by_secret, by_account)])
        return key
