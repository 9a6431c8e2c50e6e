"""Create, list and revoke API keys. A secret is returned once and never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cinedex.access.domain.api_keys import ApiKey, Scope, hash_secret, new_secret
from cinedex.access.ports.api_keys import ApiKeyRepository
from cinedex.access.ports.key_uses import KeyUses
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import ImpossibleValue, InvalidInput
from cinedex.kernel.ids import new_id
from cinedex.kernel.pagination import ListPage, cursor_of, token_of

LIST = "api keys"
PAGE_LIMIT_MAX = 1_000
ACCOUNT_ID_CHARS_MAX = 128
DELIMITERS = "#/"
"""They separate the parts of keys of items and of objects: with one, two accounts could have the same partition."""


@dataclass(frozen=True)
class ManageApiKeys:
    keys: ApiKeyRepository
    uses: KeyUses
    clock: Clock

    def create(
        self,
        account_id: str,
        name: str,
        scope: Scope,
        requests_max: int | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[ApiKey, str]:
        """The stored key and its secret. `requests_max` replaces the rate limit of the deployment.

        Raises `InvalidInput` for an account id that no store can have in a key, and `ImpossibleValue` when
        `expires_at` is not in the future.
        """
        _require_account_id(account_id)
        secret, now = new_secret(), self.clock.now()
        if expires_at is not None and expires_at <= now:
            raise ImpossibleValue(f"expires_at must be in the future; it is {expires_at}.", field="expires_at")
        key = ApiKey(
            key_id=new_id(),
            account_id=account_id,
            name=name,
            secret_sha256=hash_secret(secret),
            hint=secret[-4:],
            scope=scope,
            requests_max=requests_max,
            created_at=now,
            expires_at=expires_at,
        )
        return self.keys.add(key), secret

    def page(self, account_id: str, limit: int = PAGE_LIMIT_MAX, token: str | None = None) -> ListPage[ApiKey]:
        """Newest first, including revoked and expired keys. Raises `InvalidInput` for an invalid token."""
        page = self.keys.page(account_id, limit, cursor_of(token, LIST))
        return ListPage(self._with_last_use(page.items), token_of(page.next_cursor, LIST))

    def revoke(self, account_id: str, key_id: str) -> ApiKey:
        """Takes effect with the next request. Safe to repeat. Raises `ApiKeyNotFound`."""
        key = self.keys.get(account_id, key_id)
        if key.revoked_at is None:
            key = self.keys.save(key.model_copy(update={"revoked_at": self.clock.now()}))
        return self._with_last_use([key])[0]

    def _with_last_use(self, keys: Sequence[ApiKey]) -> Sequence[ApiKey]:
        used = self.uses.last_used([key.key_id for key in keys])
        return [key.model_copy(update={"last_used_at": used.get(key.key_id)}) for key in keys]


def _require_account_id(account_id: str) -> None:
    is_plain = account_id.isprintable() and account_id.strip() and not any(c in DELIMITERS for c in account_id)
    if not is_plain or len(account_id) > ACCOUNT_ID_CHARS_MAX:
        raise InvalidInput(
            f"account_id must have 1 to {ACCOUNT_ID_CHARS_MAX} printable characters, without '#' and '/'.",
            field="account_id",
        )
