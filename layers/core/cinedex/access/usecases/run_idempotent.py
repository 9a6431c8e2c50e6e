"""Runs a request with an idempotency key once; repeated requests get the result of the first.

There are two ways to use it. A request whose response is stored calls `begin`, then `complete` or `release`.
A use case that creates one resource calls `find` first, and its store writes `record_for` in the transaction
that creates the resource: then the resource exists if and only if its key is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, StoredResponse, require_key
from cinedex.access.ports.idempotency_store import IdempotencyStore
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import KeyReused, RequestInProgress
from cinedex.kernel.ids import new_id

STORED_FOR = timedelta(hours=24)
RESERVED_FOR = timedelta(seconds=60)
"""Longer than any request takes: an older reservation belongs to a process that has died."""


@dataclass(frozen=True)
class RunIdempotent:
    """Only a successful response is stored; after an error the key is free again."""

    store: IdempotencyStore
    clock: Clock

    def begin(self, key: IdempotencyKey, fingerprint: str) -> IdempotencyRecord | StoredResponse:
        """A reservation, or the response to the first request with this key.

        Raises `InvalidInput` for an invalid key, `KeyReused` if the first request was a different one, and
        `RequestInProgress` while it is running.
        """
        require_key(key.value)
        now = self.clock.now()
        reservation = IdempotencyRecord(
            key=key, owner_id=new_id(), fingerprint=fingerprint, expires_at=now + RESERVED_FOR
        )
        earlier = self.store.reserve(reservation, now)
        if earlier is None:
            return reservation
        response = _checked(earlier, fingerprint).response
        if response is None:
            raise KeyReused("This idempotency key was used for another request.", field="idempotency_key")
        return response

    def complete(self, reservation: IdempotencyRecord, response: StoredResponse) -> None:
        self.store.complete(reservation.completed(self.clock.now() + STORED_FOR, response=response))

    def release(self, reservation: IdempotencyRecord) -> None:
        self.store.release(reservation)

    def find(self, key: IdempotencyKey, fingerprint: str) -> str | None:
        """The id of the resource that an earlier request with this key has created. Raises as `begin` does."""
        earlier = self.store.find(key, self.clock.now())
        return None if earlier is None else _checked(earlier, fingerprint).resource_id

    def record_for(self, key: IdempotencyKey, fingerprint: str, resource_id: str) -> IdempotencyRecord:
        """A complete record, to be written together with the resource that it names."""
        until = self.clock.now() + STORED_FOR
        record = IdempotencyRecord(key=key, owner_id=new_id(), fingerprint=fingerprint, expires_at=until)
        return record.completed(until, resource_id=resource_id)


def _checked(record: IdempotencyRecord, fingerprint: str) -> IdempotencyRecord:
    if not record.is_for(fingerprint):
        raise KeyReused("This idempotency key was used for another request.", field="idempotency_key")
    if not record.is_complete:
        raise RequestInProgress("The first request with this idempotency key is in progress.", field="idempotency_key")
    return record
