"""Idempotency keys of chat: which key a request carries, and what it applies to."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.access.domain.idempotency import IdempotencyKey, IdempotentOperation, require_key
from cinedex.kernel.errors import KeyConflict

STANDALONE_CONTEXT = "standalone"
"""No id of a session is spelled like this."""


def choose_key(given: Sequence[tuple[str, str | None]]) -> str | None:
    """The key of a request, which may carry it in several places if they agree; None when it carries none.

    Raises `KeyConflict` for two different keys, `InvalidInput` for an invalid key.
    """
    named = [(where, key) for where, key in given if key is not None]
    if len({key for _, key in named}) > 1:
        places = " and ".join(where for where, _ in named)
        raise KeyConflict(f"{places} name different keys.", field="idempotency_key")
    return require_key(named[0][1]) if named else None


def session_key(account_id: str, value: str) -> IdempotencyKey:
    return IdempotencyKey(operation=IdempotentOperation.CHAT, account_id=account_id, context="", value=value)


def turn_key(account_id: str, session_id: str, value: str) -> IdempotencyKey:
    """Each session has keys of its own."""
    return IdempotencyKey(operation=IdempotentOperation.CHAT, account_id=account_id, context=session_id, value=value)


def standalone_turn_key(account_id: str, value: str) -> IdempotencyKey:
    return IdempotencyKey(
        operation=IdempotentOperation.CHAT, account_id=account_id, context=STANDALONE_CONTEXT, value=value
    )
