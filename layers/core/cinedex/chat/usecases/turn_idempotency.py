"""Idempotency keys of chat: which of those that a request names, and what they have made."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.access.usecases.run_idempotent import KEPT_FOR, require_key
from cinedex.chat.domain.turn_log import ChatClaim
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import KeyConflict


def choose_key(given: Sequence[tuple[str, str | None]]) -> str | None:
    """The key of a request that names it in several places, which have to agree; None when it names none.

    Raises `KeyConflict` for two different keys, `InvalidInput` for one that cannot be.
    """
    named = [(where, key) for where, key in given if key is not None]
    if len({key for _, key in named}) > 1:
        places = " and ".join(where for where, _ in named)
        raise KeyConflict(f"{places} name different keys.", field="idempotency_key")
    return require_key(named[0][1]) if named else None


def claim_of(key: str | None, fingerprint: str, made_id: str, clock: Clock) -> ChatClaim | None:
    if key is None:
        return None
    return ChatClaim(key=key, fingerprint=fingerprint, made_id=made_id, expires_at=clock.now() + KEPT_FOR)
