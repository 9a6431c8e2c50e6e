"""The last use of a key is recorded to the hour, and no request waits for it or fails with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from cinedex.access.domain.api_keys import Caller, Scope
from cinedex.access.usecases.record_key_use import RecordKeyUse
from cinedex.kernel.errors import Unavailable

from tests.support.memory.access import MemoryKeyUses
from tests.support.memory.app_fixture import MINE, InMemoryApp
from tests.support.memory.scenario import FakeClock

CALLER = Caller(account_id=MINE, key_id="k", scope=Scope.READ)


class CountedUses(MemoryKeyUses):
    def __init__(self, error: Unavailable | None = None) -> None:
        super().__init__()
        self.writes, self._error = 0, error

    def record(self, key_id: str, now: datetime, after: datetime) -> None:
        self.writes += 1
        if self._error is not None:
            raise self._error
        super().record(key_id, now, after)

    def last_used(self, key_ids: Sequence[str]) -> Mapping[str, datetime]:
        return super().last_used(key_ids)


def test_requests_of_one_hour_cost_one_write() -> None:
    uses, clock = CountedUses(), FakeClock()
    record, first = RecordKeyUse(uses, clock), clock.now()
    for _ in range(59):
        record(CALLER)
        clock.advance(minutes=1)
    assert (uses.writes, uses.last_used(["k"])) == (1, {"k": first})
    clock.advance(minutes=1)
    record(CALLER)
    assert (uses.writes, uses.last_used(["k"])) == (2, {"k": clock.now()})


def test_requests_of_several_keys_cost_one_write_for_each() -> None:
    uses = CountedUses()
    record = RecordKeyUse(uses, FakeClock())
    for key_id in ("a", "b", "a", "b"):
        record(CALLER.model_copy(update={"key_id": key_id}))
    assert uses.writes == 2


def test_a_request_after_several_hours_is_recorded() -> None:
    uses, clock = MemoryKeyUses(), FakeClock()
    record = RecordKeyUse(uses, clock)
    record(CALLER)
    clock.advance(hours=5)
    record(CALLER)
    assert uses.last_used(["k"]) == {"k": clock.now()}


def test_two_processes_write_once_an_hour_together() -> None:
    uses, clock = MemoryKeyUses(), FakeClock()
    first = clock.now()
    RecordKeyUse(uses, clock)(CALLER)
    clock.advance(minutes=59)
    RecordKeyUse(uses, clock)(CALLER)
    assert uses.last_used(["k"]) == {"k": first}


def test_a_request_does_not_fail_when_its_use_is_not_recorded() -> None:
    uses = CountedUses(Unavailable("throttled"))
    record = RecordKeyUse(uses, FakeClock())
    record(CALLER)
    record(CALLER)
    assert uses.writes == 1


def test_a_process_remembers_a_limited_number_of_keys() -> None:
    record = RecordKeyUse(MemoryKeyUses(), FakeClock())
    for number in range(10_000):
        record(CALLER.model_copy(update={"key_id": str(number)}))
    assert len(record._recorded) == 10_000
    record(CALLER.model_copy(update={"key_id": "one more"}))
    assert set(record._recorded) == {"one more"}


@pytest.mark.parametrize("revoke", [False, True])
def test_lists_have_the_last_use_of_each_key(memory_app: InMemoryApp, revoke: bool) -> None:
    used, _ = memory_app.manage_api_keys.create(MINE, "used", Scope.READ)
    memory_app.manage_api_keys.create(MINE, "unused", Scope.READ)
    RecordKeyUse(memory_app.key_uses, memory_app.clock)(used.caller)
    if revoke:
        memory_app.manage_api_keys.revoke(MINE, used.key_id)
    listed = {key.name: key.last_used_at for key in memory_app.manage_api_keys.page(MINE).items}
    assert listed == {"used": memory_app.clock.now().replace(microsecond=0), "unused": None}
