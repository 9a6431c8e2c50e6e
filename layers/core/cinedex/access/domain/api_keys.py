"""API keys: their accounts, scopes and secrets."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime
from enum import IntEnum

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.errors import NotPermitted

KEY_PATTERN = re.compile(r"sk_live_[0-9a-f]{48}")


class Scope(IntEnum):
    """Each scope includes those below it."""

    SEARCH = 1
    READ = 2
    WRITE = 3
    ADMIN = 4

    @property
    def label(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, label: str) -> Scope:
        return cls[label.upper()]


class Caller(BaseModel):
    """The account, scope and, if its key has one, rate limit of an authenticated request."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    key_id: str
    scope: Scope
    requests_max: int | None = None

    def require(self, scope: Scope) -> Caller:
        if self.scope < scope:
            raise NotPermitted(f"This API key has scope '{self.scope.label}'; '{scope.label}' is needed.")
        return self


class ApiKey(BaseModel):
    """Stored with the SHA-256 of its secret instead of the secret.

    `last_used_at` is stored apart from the key, so that recording a use cannot undo a revocation; lists fill it in.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key_id: str
    account_id: str
    name: str
    secret_sha256: str
    hint: str
    scope: Scope
    requests_max: int | None = None
    created_at: datetime
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    @property
    def caller(self) -> Caller:
        return Caller(account_id=self.account_id, key_id=self.key_id, scope=self.scope, requests_max=self.requests_max)


def new_secret() -> str:
    return f"sk_live_{secrets.token_hex(24)}"


def hash_secret(secret: str) -> str:
    """SHA-256 without salt is enough for 192 random bits, because no dictionary attack is possible."""
    return hashlib.sha256(secret.encode()).hexdigest()
