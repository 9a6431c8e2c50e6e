"""The function that publishes events, with events of the stream and of the schedule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.adapters.dynamodb.events.event_keys import OUTBOX
from cinedex.library.domain.video import Video

from functions.publish_events import handler
from tests.support.golden import ACCOUNT, received
from tests.support.memory.app_fixture import InMemoryApp


def logged(memory_app: InMemoryApp) -> list[str]:
    return [entry.event.event_type for entry in memory_app.event_log.after(ACCOUNT, 0, 100)]


def test_the_stream_names_the_account_whose_outbox_is_published(memory_app: InMemoryApp) -> None:
    memory_app.uploaded(account_id=ACCOUNT)
    memory_app.uploaded(account_id="another")
    assert handler(received("dynamodb_stream_outbox"), None) == {"published": 1}
    assert logged(memory_app) == ["VideoUploaded"]


def test_a_record_that_is_repeated_or_of_no_outbox_publishes_nothing_twice(memory_app: InMemoryApp) -> None:
    memory_app.uploaded(account_id=ACCOUNT)
    event = received("dynamodb_stream_outbox")
    (record,) = event["Records"]
    other = {"dynamodb": {"Keys": {"pk": {"S": f"A#{ACCOUNT}"}, "sk": {"S": "V#1"}}}}
    assert handler({"Records": [record, other, record]}, None) == {"published": 1}
    assert handler(event, None) == {"published": 0}


def test_the_schedule_publishes_what_is_left(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> None:
    video: Video = memory_app.uploaded(account_id=ACCOUNT)
    (stored,) = memory_app.videos.events.all()
    assert (stored.video_id, OUTBOX.work) == (video.video_id, "event")
    assert handler(received("schedule"), None) == {"published": 0}
    later = stored.event.occurred_at + timedelta(minutes=1)
    monkeypatch.setattr(memory_app.clock, "now", lambda: later)
    assert handler(received("schedule"), None) == {"published": 1}
    assert logged(memory_app) == ["VideoUploaded"]
