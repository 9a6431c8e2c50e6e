"""`/v2/api-keys`, an extension: the API keys of the account, with their scopes and limits. For admins only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cinedex.access.domain.api_keys import ApiKey, Scope
from cinedex.api.auth import Admin
from cinedex.api.reka.lists import PagedResponse, Paging
from cinedex.api.reka.schemas.library import Date
from cinedex.api.requests.strict_body import StrictBody
from cinedex.api.shown_once import HasSecrets, ShownOnce
from cinedex.bootstrap.access import manage_api_keys
from cinedex.kernel.errors import ApiKeyNotFound
from cinedex.kernel.ids import require_id

router = APIRouter(prefix="/v2/api-keys", tags=["API keys"])

ScopeName = Literal["search", "read", "write", "admin"]


class KeyResponse(BaseModel):
    """What is stored of a key; `hint` is the end of its secret."""

    key_id: str
    name: str
    scope: ScopeName
    hint: str
    requests_max: int | None = Field(description="Requests in 24 hours; null: the limit of the deployment.")
    created_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None = Field(description="From then on the key is refused; null: never.")
    last_used_at: datetime | None = Field(
        description="The key was used then, and for the last time at most an hour later; null: no use is recorded."
    )

    @classmethod
    def of(cls, key: ApiKey) -> KeyResponse:
        return cls.model_validate(
            {
                "key_id": key.key_id,
                "name": key.name,
                "scope": key.scope.label,
                "hint": key.hint,
                "requests_max": key.requests_max,
                "created_at": key.created_at,
                "revoked_at": key.revoked_at,
                "expires_at": key.expires_at,
                "last_used_at": key.last_used_at,
            }
        )


class KeyListResponse(PagedResponse):
    results: list[KeyResponse]


class NewKeyResponse(HasSecrets, KeyResponse):
    secret: ShownOnce = Field(
        description="Returned only here; the deployment stores a hash of it. Null when an idempotency key is repeated."
    )


class NewKey(StrictBody):
    name: str = Field(min_length=1, max_length=200)
    scope: ScopeName = "write"
    requests_max: int | None = Field(default=None, ge=1, le=1_000_000_000)
    expires_at: Date | None = Field(default=None, description="UTC unless an offset is given; null: never.")


@router.get("")
def list_keys(caller: Admin, paging: Paging) -> KeyListResponse:
    """List the keys of the account, newest first, including revoked and expired ones."""
    page = manage_api_keys().page(caller.account_id, paging.limit, paging.token)
    return KeyListResponse(results=[KeyResponse.of(k) for k in page.items], **paging.link(page))


@router.post("")
def create_key(caller: Admin, new: NewKey) -> NewKeyResponse:
    """Create a key. Only this response contains its secret."""
    scope = Scope.parse(new.scope)
    key, secret = manage_api_keys().create(caller.account_id, new.name, scope, new.requests_max, new.expires_at)
    return NewKeyResponse(**KeyResponse.of(key).model_dump(), secret=secret)


@router.delete("/{key_id}")
def revoke_key(caller: Admin, key_id: str) -> KeyResponse:
    """Revoke a key. Takes effect with the next request; revoking a key again changes nothing."""
    return KeyResponse.of(manage_api_keys().revoke(caller.account_id, require_id(key_id, ApiKeyNotFound)))
