"""Events reach every publisher at least once and the log once, whatever fails in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from cinedex.events.publish_events import BATCH, PublishEvents
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.events import AnyEvent

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp
from tests.support.memory.library import MemoryEventLog


class Publisher:
    """`EventPublisher` that can be down, or end the process."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.failure: Exception | None = None

    def publish(self, events: Sequence[AnyEvent]) -> None:
        if self.failure is not None:
            raise self.failure
        self.received += [event.event_id for event in events]


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture
def log(memory_app: InMemoryApp) -> MemoryEventLog:
    return MemoryEventLog(memory_app.videos)


@pytest.fixture
def publish(memory_app: InMemoryApp, log: MemoryEventLog, publisher: Publisher) -> PublishEvents:
    return PublishEvents(log, (publisher,), memory_app.clock)


def logged(log: MemoryEventLog, account_id: str = MINE) -> list[str]:
    return [entry.event.event_id for entry in log.after(account_id, 0, 1000)]


def test_events_reach_the_publisher_and_then_the_log(
    memory_app: InMemoryApp, publish: PublishEvents, publisher: Publisher, log: MemoryEventLog
) -> None:
    memory_app.uploaded()
    assert publish.of_account(MINE) == 1
    assert publisher.received == logged(log)
    assert publish.of_account(MINE) == 0
    assert len(publisher.received) == 1


def test_more_events_than_a_transaction_holds_are_published_in_several(
    memory_app: InMemoryApp, publish: PublishEvents, publisher: Publisher, log: MemoryEventLog
) -> None:
    for _ in range(BATCH + 3):
        memory_app.uploaded()
    assert publish.of_account(MINE) == BATCH + 3
    assert publisher.received == logged(log)
    assert 1 + 2 * BATCH <= 100


def test_a_process_that_ends_before_the_log_has_an_event_leaves_it_to_the_next_one(
    memory_app: InMemoryApp, publish: PublishEvents, publisher: Publisher, log: MemoryEventLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    memory_app.uploaded()

    def end(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(MemoryEventLog, "settle", end)
        with pytest.raises(KeyboardInterrupt):
            publish.of_account(MINE)
    assert logged(log) == []
    publish.of_account(MINE)
    assert publisher.received == logged(log) * 2


def test_a_publisher_that_is_down_holds_up_neither_the_other_nor_another_account(
    memory_app: InMemoryApp, log: MemoryEventLog
) -> None:
    down, up = Publisher(), Publisher()
    publish = PublishEvents(log, (down, up), memory_app.clock)
    memory_app.uploaded()
    memory_app.uploaded(account_id=YOURS)
    down.failure = Unavailable("The bus is down.")
    assert publish.of_accounts([MINE, YOURS]) == 0
    assert len(up.received) == 2
    assert logged(log) == []
    down.failure = None
    assert publish.of_accounts([MINE, YOURS]) == 2
    assert down.received == [*logged(log), *logged(log, YOURS)]


def test_the_schedule_publishes_what_was_left_and_not_what_has_just_been_stored(
    memory_app: InMemoryApp, publish: PublishEvents, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory_app.uploaded()
    (event,) = [stored.event for stored in memory_app.videos.events.all()]
    monkeypatch.setattr(memory_app.clock, "now", lambda: event.occurred_at + timedelta(seconds=29))
    assert publish.overdue() == 0
    monkeypatch.setattr(memory_app.clock, "now", lambda: event.occurred_at + timedelta(seconds=30))
    assert publish.overdue() == 1
    assert publisher.received == [event.event_id]


def test_a_log_that_is_always_changed_by_others_is_unavailable_and_loses_nothing(
    memory_app: InMemoryApp, publish: PublishEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory_app.uploaded()
    monkeypatch.setattr(memory_app.clock, "sleep", lambda _: None)
    with monkeypatch.context() as busy:
        busy.setattr(MemoryEventLog, "settle", lambda *_: False)
        with pytest.raises(Unavailable):
            publish.of_account(MINE)
    assert publish.of_account(MINE) == 1


def test_a_complete_analysis_is_reported_from_the_upload_to_the_end(
    memory_app: InMemoryApp, publish: PublishEvents, log: MemoryEventLog
) -> None:
    video = memory_app.analysed()
    memory_app.delete(MINE, video.video_id)
    publish.of_account(MINE)
    types = [entry.event.event_type for entry in log.after(MINE, 0, 100)]
    assert types == [
        "VideoUploaded",
        "AnalysisStarted",
        *["FeatureReady"] * 5,
        "AnalysisCompleted",
        "VideoDeleted",
    ]
