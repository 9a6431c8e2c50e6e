"""The keys of policies and of dropped files; `keys` has their patterns."""

from __future__ import annotations

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Key


def policy(account_id: str, collection_id: str) -> Key:
    return keys.POLICY.key(account_id=account_id, collection_id=collection_id)


def drop_backfill(account_id: str, job_id: str) -> Key:
    return keys.DROP_BACKFILL.key(account_id=account_id, job_id=job_id)


def drop_object(account_id: str, stem_id: str, kind: str, key_id: str) -> Key:
    return keys.DROP_OBJECT.key(account_id=account_id, stem_id=stem_id, kind=kind, key_id=key_id)


def drop_objects_of(account_id: str, stem_id: str) -> str:
    """The partition of a video and its sidecars."""
    return drop_object(account_id, stem_id, "", "").pk


def drop_list(account_id: str, list_name: str) -> str:
    """The partition of a list of dropped files."""
    return keys.DROP_ENTRY.key(account_id=account_id, list_name=list_name, entry_id="").pk
