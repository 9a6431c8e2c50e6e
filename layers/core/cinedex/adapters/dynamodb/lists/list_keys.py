"""The keys of items that list others, and of counts; `keys` has their patterns."""

from __future__ import annotations

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Key

LAST_NAME = "\U0010ffff"
"""Sorts after every name."""


def list_count(account_id: str, list_name: str, shard: int) -> Key:
    return keys.LIST_COUNT.key(account_id=account_id, list_name=list_name, shard=shard)


def list_backfill() -> Key:
    return keys.LIST_BACKFILL.key()


def accounts() -> str:
    """The partition of the accounts that have a library."""
    return keys.ACCOUNT.key(account_id="").pk


def collection_name(account_id: str, folded_name: str) -> Key:
    return keys.COLLECTION_NAME.key(account_id=account_id, folded_name=folded_name)


def collection_names(account_id: str) -> str:
    """The partition of the names of the collections of an account."""
    return collection_name(account_id, "").pk
