"""A request with an idempotency key is carried out once; its repetitions get the first response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cinedex.access.domain.idempotency import KEY_CHARS_MAX, IdempotencyRecord, StoredResponse
from cinedex.access.ports.idempotency_store import IdempotencyStore
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput, KeyReused, RequestInProgress
from cinedex.kernel.ids import new_id

KEPT_FOR = timedelta(hours=24)
CLAIMED_FOR = timedelta(seconds=60)
"""Longer than any request may take: a claim this old belongs to a process that has died."""


@dataclass(frozen=True)
class Outcome:
    """Leave to carry a request out; ends with `keep` or `release`."""

    key: str
    claim: IdempotencyRecord


@dataclass(frozen=True)
class RunIdempotent:
    """Only a response that says that something was done is kept: after a refusal the key is free again."""

    memory: IdempotencyStore
    clock: Clock

    def begin(self, account_id: str, idempotency_key: str, fingerprint: str) -> Outcome | StoredResponse:
        """Raises `RequestInProgress` while the same request is in progress, `KeyReused` for another one."""
        key = f"{account_id}#{require_key(idempotency_key)}"
        claim, now = IdempotencyRecord(claim_id=new_id(), fingerprint=fingerprint), self.clock.now()
        earlier = self.memory.claim(key, claim, now + CLAIMED_FOR, now)
        if earlier is None:
            return Outcome(key, claim)
        if earlier.fingerprint != fingerprint:
            raise KeyReused("This Idempotency-Key was used for another request.", field="Idempotency-Key")
        if earlier.response is None:
            raise RequestInProgress(
                "The first request with this Idempotency-Key is in progress.", field="Idempotency-Key"
            )
        return earlier.response

    def keep(self, turn: Outcome, response: StoredResponse) -> None:
        self.memory.keep(turn.key, turn.claim, response, self.clock.now() + KEPT_FOR)

    def release(self, turn: Outcome) -> None:
        self.memory.release(turn.key, turn.claim)


def require_key(key: str) -> str:
    """Raises `InvalidInput`."""
    if not (0 < len(key) <= KEY_CHARS_MAX and key.isprintable()):
        raise InvalidInput(
            f"Idempotency-Key must have 1 to {KEY_CHARS_MAX} printable characters.", field="Idempotency-Key"
        )
    return key
