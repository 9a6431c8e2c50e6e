"""Stores API keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.access.domain.api_keys import ApiKey


class ApiKeyRepository(Protocol):
    def add(self, key: ApiKey) -> ApiKey: ...

    def find(self, secret_sha256: str) -> ApiKey | None: ...

    def list(self, account_id: str) -> Sequence[ApiKey]:
        """Newest first."""

    def save(self, key: ApiKey) -> ApiKey:
        """Store over the present key of the same id and secret."""
