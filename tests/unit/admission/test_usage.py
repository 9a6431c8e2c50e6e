"""What an account has used is added up by day."""

from __future__ import annotations

from datetime import date

import pytest
from cinedex.adapters.dynamodb_table import DynamoDbTable
from cinedex.adapters.dynamodb_usage import DynamoDbUsage
from cinedex.domain.errors import InvalidInput
from cinedex.domain.feature import Feature, FeatureState
from cinedex.domain.run import AnalysisRun
from cinedex.domain.usage import Deed, Usage, total
from cinedex.usecases.meter_usage import MeterUsage

from tests.support.ready_videos import READY, video
from tests.unit.admission.conftest import StandingClock

VIDEO = video("v1", duration_s=90.0)


@pytest.fixture
def meter(table: DynamoDbTable, clock: StandingClock) -> MeterUsage:
    return MeterUsage(DynamoDbUsage(table), clock)


def run(clock: StandingClock, run_id: str, **generations: int) -> AnalysisRun:
    return AnalysisRun(
        run_id=run_id,
        account_id="mine",
        video_id="v1",
        generations={Feature(name): count for name, count in generations.items()},
        started_at=clock.now(),
    )


def used(meter: MeterUsage) -> Usage:
    return total(meter.read("mine", None, None))


def test_searches_chats_and_segmentations_are_counted(meter: MeterUsage) -> None:
    for deed in (Deed.SEARCH, Deed.SEARCH, Deed.CHAT, Deed.SEGMENT):
        meter.count("mine", deed)
    assert used(meter).deeds == {Deed.SEARCH: 2, Deed.CHAT: 1, Deed.SEGMENT: 1}


def test_a_run_adds_the_length_of_the_video_to_each_feature_it_made(meter: MeterUsage, clock: StandingClock) -> None:
    meter.add_run(VIDEO, run(clock, "r1", transcript=1, captions=1))
    assert [used(meter).minutes(f) for f in (Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.OBJECTS)] == [1.5, 1.5, 0]


def test_a_run_that_is_told_twice_counts_once(meter: MeterUsage, clock: StandingClock) -> None:
    for _ in range(2):
        meter.add_run(VIDEO, run(clock, "r1", transcript=1))
    assert used(meter).minutes(Feature.TRANSCRIPT) == 1.5


def test_two_runs_count_twice(meter: MeterUsage, clock: StandingClock) -> None:
    meter.add_run(VIDEO, run(clock, "r1", transcript=1))
    meter.add_run(VIDEO, run(clock, "r2", transcript=1))
    assert used(meter).minutes(Feature.TRANSCRIPT) == 3.0


def test_what_failed_or_was_overtaken_is_not_counted(meter: MeterUsage, clock: StandingClock) -> None:
    failed = VIDEO.with_feature(Feature.TRANSCRIPT, READY.broken("no")).with_feature(
        Feature.CAPTIONS, FeatureState(status=READY.status, generation=2)
    )
    meter.add_run(failed, run(clock, "r1", transcript=1, captions=1))
    assert meter.read("mine", None, None) == []


def test_usage_is_told_day_by_day(meter: MeterUsage, clock: StandingClock) -> None:
    meter.count("mine", Deed.SEARCH)
    clock.pass_by(24 * 3600)
    meter.count("mine", Deed.SEARCH)
    assert [d.day for d in meter.read("mine", None, None)] == [date(2026, 3, 1), date(2026, 3, 2)]
    assert [d.day for d in meter.read("mine", date(2026, 3, 2), None)] == [date(2026, 3, 2)]


def test_a_range_that_ends_before_it_starts_is_refused(meter: MeterUsage) -> None:
    with pytest.raises(InvalidInput):
        meter.read("mine", date(2026, 3, 2), date(2026, 3, 1))
