"""What an account has used is added up by day."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.usage_ledger import DynamoDbUsageLedger
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.usecases.record_run import record_run
from cinedex.kernel.errors import InvalidInput
from cinedex.library.domain.feature import Feature, FeatureState
from cinedex.usage.operations import Operation, Usage, total
from cinedex.usage.record_usage import RecordUsage

from tests.support.ready_videos import READY, video
from tests.support.standing_clock import StandingClock

VIDEO = video("v1", duration_s=90.0)


@pytest.fixture
def meter(table: DynamoDbTable, clock: StandingClock) -> RecordUsage:
    return RecordUsage(DynamoDbUsageLedger(table), clock)


def run(clock: StandingClock, run_id: str, **generations: int) -> AnalysisRun:
    return AnalysisRun(
        run_id=run_id,
        account_id="mine",
        video_id="v1",
        generations={Feature(name): count for name, count in generations.items()},
        started_at=clock.now(),
    )


def used(meter: RecordUsage) -> Usage:
    return total(meter.read("mine", None, None))


def test_searches_chats_and_segmentations_are_counted(meter: RecordUsage) -> None:
    for operation in (Operation.SEARCH, Operation.SEARCH, Operation.CHAT, Operation.SEGMENT):
        meter.count("mine", operation)
    assert used(meter).operations == {Operation.SEARCH: 2, Operation.CHAT: 1, Operation.SEGMENT: 1}


def test_a_run_adds_the_length_of_the_video_to_each_feature_it_made(meter: RecordUsage, clock: StandingClock) -> None:
    record_run(meter, VIDEO, run(clock, "r1", transcript=1, captions=1))
    assert [used(meter).minutes(f) for f in (Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.OBJECTS)] == [1.5, 1.5, 0]


def test_a_run_that_is_reported_twice_counts_once(meter: RecordUsage, clock: StandingClock) -> None:
    for _ in range(2):
        record_run(meter, VIDEO, run(clock, "r1", transcript=1))
    assert used(meter).minutes(Feature.TRANSCRIPT) == 1.5


def test_two_runs_count_twice(meter: RecordUsage, clock: StandingClock) -> None:
    record_run(meter, VIDEO, run(clock, "r1", transcript=1))
    record_run(meter, VIDEO, run(clock, "r2", transcript=1))
    assert used(meter).minutes(Feature.TRANSCRIPT) == 3.0


def test_what_failed_or_was_overtaken_is_not_counted(meter: RecordUsage, clock: StandingClock) -> None:
    failed = VIDEO.with_feature(Feature.TRANSCRIPT, READY.failed("no", "internal_error")).with_feature(
        Feature.CAPTIONS, FeatureState(status=READY.status, generation=2)
    )
    record_run(meter, failed, run(clock, "r1", transcript=1, captions=1))
    assert meter.read("mine", None, None) == []


def test_usage_is_listed_by_day(meter: RecordUsage, clock: StandingClock) -> None:
    meter.count("mine", Operation.SEARCH)
    clock.advance(24 * 3600)
    meter.count("mine", Operation.SEARCH)
    assert [d.day for d in meter.read("mine", None, None)] == [date(2026, 3, 1), date(2026, 3, 2)]
    assert [d.day for d in meter.read("mine", date(2026, 3, 2), None)] == [date(2026, 3, 2)]


@pytest.fixture(params=["LINT-14", "NST3:30NDT,M3.2.0,M11.1.0"])
def local_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """14 hours ahead of UTC, and some hours behind it."""
    before = os.environ["TZ"]
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize("hours", [-11.9, -2.1, 0.0, 9.9, 11.9])
@pytest.mark.usefixtures("local_time")
def test_a_day_is_that_of_utc_whatever_the_local_day(meter: RecordUsage, clock: StandingClock, hours: float) -> None:
    """The clock stands at noon."""
    assert clock.now().astimezone().utcoffset() != timedelta(0)
    clock.advance(hours * 3600)
    meter.count("mine", Operation.SEARCH)
    assert [day.day for day in meter.read("mine", None, None)] == [date(2026, 3, 1)]


def test_a_range_that_ends_before_it_starts_is_refused(meter: RecordUsage) -> None:
    with pytest.raises(InvalidInput):
        meter.read("mine", date(2026, 3, 2), date(2026, 3, 1))
