"""Stores API keys."""

from __future__ import annotations

from typing import Protocol

from cinedex.access.domain.api_keys import ApiKey
from cinedex.kernel.pagination import Page


class ApiKeyRepository(Protocol):
    def add(self, key: ApiKey) -> ApiKey: ...

    def find(self, secret_sha256: str) -> ApiKey | None: ...

    def get(self, account_id: str, key_id: str) -> ApiKey:
        """Raises `ApiKeyNotFound`."""

    def page(self, account_id: str, limit: int, cursor: str | None = None) -> Page[ApiKey]:
        """Newest first."""

    def save(self, key: ApiKey) -> ApiKey:
        """Store over the present key of the same id and secret."""
