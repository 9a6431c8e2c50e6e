"""`/v2/api-keys`, an extension: who may call, with which scope and how often. For admins only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cinedex.access.domain.api_keys import ApiKey, Scope
from cinedex.api.auth import Admin
from cinedex.bootstrap.access import manage_api_keys

router = APIRouter(prefix="/v2/api-keys", tags=["API keys"])

ScopeName = Literal["search", "read", "write", "admin"]


class KeyResponse(BaseModel):
    """All that is stored of a key; `hint` is the end of its secret."""

    key_id: str
    name: str
    scope: ScopeName
    hint: str
    requests_max: int | None = Field(description="Requests in 24 hours; null: as many as the deployment allows.")
    created_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> KeyResponse:
        return cls.model_validate({**key.model_dump(), "scope": key.scope.label})


class KeyListResponse(BaseModel):
    results: list[KeyResponse]


class NewKeyResponse(KeyResponse):
    secret: str = Field(description="Shown this once; only a hash of it is stored.")


class NewKey(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    scope: ScopeName = "write"
    requests_max: int | None = Field(default=None, ge=1, le=1_000_000_000)


@router.get("")
def list_keys(caller: Admin) -> KeyListResponse:
    """All keys of the account, newest first, revoked ones too."""
    return KeyListResponse(results=[KeyResponse.of(k) for k in manage_api_keys().list(caller.account_id)])


@router.post("")
def create_key(caller: Admin, wanted: NewKey) -> NewKeyResponse:
    """Make a key; its secret is in this response and nowhere else."""
    scope = Scope.parse(wanted.scope)
    key, secret = manage_api_keys().create(caller.account_id, wanted.name, scope, wanted.requests_max)
    return NewKeyResponse(**KeyResponse.of(key).model_dump(), secret=secret)


@router.delete("/{key_id}")
def revoke_key(caller: Admin, key_id: str) -> KeyResponse:
    """Revoke a key, from the next request on; revoking twice changes nothing."""
    return KeyResponse.of(manage_api_keys().revoke(caller.account_id, key_id))
