"""Authenticate a request by the API key in one of two headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cinedex.access.domain.api_keys import KEY_PATTERN, Caller, hash_secret
from cinedex.access.ports.api_keys import ApiKeyRepository
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import NotAuthenticated


@dataclass(frozen=True)
class Authenticate:
    """`X-Api-Key` wins over `Authorization: Bearer`; header names are case-insensitive."""

    keys: ApiKeyRepository
    clock: Clock

    def __call__(self, headers: Mapping[str, str]) -> Caller:
        """Raises `NotAuthenticated`. A malformed key is rejected without a read of the table."""
        secret = read_secret(headers)
        if secret is None:
            raise NotAuthenticated("An API key is needed: send it as X-Api-Key or as a Bearer token.")
        key = self.keys.find(hash_secret(secret)) if KEY_PATTERN.fullmatch(secret) else None
        if key is None or key.revoked_at is not None:
            raise NotAuthenticated("This API key is not valid.")
        if key.is_expired(self.clock.now()):
            raise NotAuthenticated("This API key has expired.")
        return key.caller


def read_secret(headers: Mapping[str, str]) -> str | None:
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    if lowered.get("x-api-key"):
        return lowered["x-api-key"]
    scheme, _, token = lowered.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
