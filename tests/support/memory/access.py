"""Rate limits, idempotency records, usage and token budgets in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from threading import RLock

from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord
from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.library.domain.feature import Feature
from cinedex.usage.budget import TokensUsed
from cinedex.usage.ledger_entry import LedgerEntry, OnceKey
from cinedex.usage.operations import DayUsage, Operation, Usage
from cinedex.usage.video_budget import VideoCharge


class MemoryRateLimiter:
    """`RateLimiter`."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[datetime, int]] = {}

    def take(self, key_id: str, limit: RateLimit, now: datetime, requests: int = 1) -> RateLimitStatus:
        resets_at, used = self._windows.get(key_id, (now, 0))
        if resets_at <= now:
            resets_at, used = now + timedelta(seconds=limit.window_s), 0
        free = limit.requests_max - used
        taken = requests if requests <= free else min(1, free)
        self._windows[key_id] = (resets_at, used + taken)
        return RateLimitStatus(
            allowed=taken > 0, requests_max=limit.requests_max, used=used + taken, resets_at=resets_at, taken=taken
        )


class MemoryKeyUses:
    """`KeyUses`."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}

    def record(self, key_id: str, now: datetime, after: datetime) -> None:
        if self._last.get(key_id, after) <= after:
            self._last[key_id] = now.replace(microsecond=0)

    def last_used(self, key_ids: Sequence[str]) -> Mapping[str, datetime]:
        return {key_id: self._last[key_id] for key_id in key_ids if key_id in self._last}


class MemoryIdempotencyStore:
    """`IdempotencyStore`."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._records: dict[IdempotencyKey, IdempotencyRecord] = {}

    def find(self, key: IdempotencyKey, now: datetime) -> IdempotencyRecord | None:
        record = self._records.get(key)
        return record if record is not None and record.expires_at > now else None

    def reserve(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        with self._lock:
            earlier = self._records.get(record.key)
            if earlier is not None and earlier.holds_against(record, now):
                return earlier
            self._records[record.key] = record
            return None

    def complete(self, record: IdempotencyRecord) -> None:
        with self._lock:
            if self._owns(record):
                self._records[record.key] = record

    def release(self, record: IdempotencyRecord) -> None:
        with self._lock:
            if self._owns(record):
                del self._records[record.key]

    def _owns(self, record: IdempotencyRecord) -> bool:
        stored = self._records.get(record.key)
        return stored is not None and stored.owner_id == record.owner_id


class MemoryUsageLedger:
    """`UsageLedger`."""

    def __init__(self) -> None:
        self._operations: dict[tuple[str, date], dict[Operation, int]] = defaultdict(lambda: defaultdict(int))
        self._analysed_ms: dict[tuple[str, date], dict[Feature, int]] = defaultdict(lambda: defaultdict(int))
        self._added: set[OnceKey] = set()
        self.turns: dict[tuple[str, date], int] = {}
        self.tokens: dict[tuple[str, date], list[TokensUsed]] = {}
        self.reserved_tokens: dict[tuple[str, date], int] = defaultdict(int)

    def count(self, account_id: str, day: date, operation: Operation) -> None:
        self._operations[account_id, day][operation] += 1

    def add(self, entry: LedgerEntry, day: date) -> None:
        if entry.once_key not in self._added:
            self._added.add(entry.once_key)
            for feature, ms in entry.amounts.items():
                self._analysed_ms[entry.account_id, day][feature] += ms

    def read(self, account_id: str, first: date, last: date) -> Sequence[DayUsage]:
        days = sorted(
            {*self._operations, *self._analysed_ms, *self.turns, *self.reserved_tokens}, key=lambda key: key[1]
        )
        return [
            DayUsage(day=day, usage=self._of(owner, day))
            for owner, day in days
            if owner == account_id and first <= day <= last
        ]

    def _of(self, owner: str, day: date) -> Usage:
        tokens = self.tokens.get((owner, day), [])
        return Usage(
            operations=self._operations[owner, day],
            analysed_ms=self._analysed_ms[owner, day],
            turns=self.turns.get((owner, day), 0),
            input_tokens=sum(t.input_tokens for t in tokens),
            output_tokens=sum(t.output_tokens for t in tokens),
        )


class MemoryVideoBudget:
    """`VideoBudget`."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._used_ms: dict[tuple[str, date], int] = defaultdict(int)
        self._marks: set[OnceKey] = set()

    def charge(self, charge: VideoCharge, day: date, ms_max: int | None) -> bool:
        marks = charge.marks(day)
        with self._lock:
            if marks[0] in self._marks:
                return True
            if ms_max is not None and self.used_ms(charge.account_id, day) >= ms_max:
                return False
            self._marks.update(marks)
            self._used_ms[charge.account_id, day] += charge.ms
            return True

    def used_ms(self, account_id: str, day: date) -> int:
        return self._used_ms[account_id, day]


class MemoryTokenBudget:
    """`TokenBudget`, in the counters of `MemoryUsageLedger`."""

    def __init__(self, usage: MemoryUsageLedger) -> None:
        self._lock = RLock()
        self._usage = usage

    def reserve(self, account_id: str, day: date, tokens: int, tokens_max: int) -> bool:
        with self._lock:
            counted = self._usage.reserved_tokens.get((account_id, day), 0)
            if counted + tokens > tokens_max:
                return False
            self._usage.reserved_tokens[account_id, day] = counted + tokens
            return True

    def settle(self, account_id: str, day: date, reserved: int, used: TokensUsed) -> None:
        with self._lock:
            self._usage.reserved_tokens[account_id, day] += used.total - reserved
            self._usage.tokens.setdefault((account_id, day), []).append(used)
