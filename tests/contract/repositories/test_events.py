"""Events are stored with the change that they report, and moved to the log once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.events.event_log import RETENTION
from cinedex.kernel.errors import StaleRevision
from cinedex.kernel.events import AnyEvent
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.video import UploadStatus, Video

from tests.contract.repositories.conftest import Library
from tests.contract.repositories.test_runs import queued, run_of
from tests.contract.repositories.test_videos import video
from tests.support.memory.app_fixture import MINE, YOURS
from tests.support.memory.scenario import NOON, TALKING_CLIP


def pending(library: Library, account_id: str = MINE) -> list[AnyEvent]:
    return list(library.events.pending(account_id, 100).events)


def types(library: Library, account_id: str = MINE) -> list[str]:
    return [event.event_type for event in pending(library, account_id)]


def uploaded(stored: Video) -> Video:
    return stored.changed(status=UploadStatus.UPLOADED, probe=TALKING_CLIP)


def test_a_change_that_reports_nothing_stores_no_event(library: Library) -> None:
    stored = library.videos.add(video())
    library.videos.save(stored.changed(title="T"))
    assert pending(library) == []


def test_an_uploaded_file_is_an_event_with_its_ids_and_its_length(library: Library) -> None:
    stored = library.videos.add(video())
    library.videos.save(uploaded(stored))
    (event,) = pending(library)
    assert (event.event_type, event.account_id, event.video_id) == ("VideoUploaded", MINE, stored.video_id)
    assert event.data == {"size_bytes": 0, "duration_s": TALKING_CLIP.duration_s, "has_video": True}
    assert pending(library, YOURS) == []


def test_a_refused_file_is_an_event_with_its_reason(library: Library) -> None:
    library.videos.save(library.videos.add(video()).rejected("corrupt_media", "It is cut off."))
    (event,) = pending(library)
    assert event.event_type == "VideoFailed"
    assert event.data == {"error": "It is cut off.", "error_code": "corrupt_media"}


def test_a_write_that_loses_against_another_stores_no_event(library: Library) -> None:
    stored = library.videos.add(video())
    library.videos.save(stored.changed(title="T"))
    with pytest.raises(StaleRevision):
        library.videos.save(uploaded(stored))
    assert pending(library) == []


def test_features_are_events_of_the_change_that_ends_them(library: Library) -> None:
    stored = library.videos.add(video())
    ready = FeatureState(status=FeatureStatus.READY, generation=2, models=("m@1",))
    failed = FeatureState(status=FeatureStatus.FAILED, generation=1, error="No.", error_code="out_of_memory")
    blocked = FeatureState(status=FeatureStatus.BLOCKED, generation=1, error="'captions' failed.")
    states = {Feature.SCENES: ready, Feature.CAPTIONS: failed, Feature.EMBEDDINGS: blocked}
    changed = library.videos.save(stored.changed(features=states))
    library.videos.save(changed.changed(title="the same features"))
    assert types(library) == ["FeatureReady", "FeatureFailed", "FeatureFailed"]
    assert [e.data["feature"] for e in pending(library)] == ["scenes", "captions", "embeddings"]
    assert [e.data.get("status") for e in pending(library)] == [None, "failed", "blocked"]


def test_a_fact_has_the_same_id_whenever_it_is_reported(library: Library) -> None:
    ready = FeatureState(status=FeatureStatus.READY, generation=1)
    stored = library.videos.add(video())
    first = library.videos.save(stored.with_feature(Feature.SCENES, ready))
    again = library.videos.save(first.with_feature(Feature.SCENES, ready.reset()))
    library.videos.save(again.with_feature(Feature.SCENES, ready))
    ids = [event.event_id for event in pending(library)]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_deletion_is_one_event_however_often_it_is_repeated(library: Library) -> None:
    stored = library.videos.add(video())
    for _ in range(2):
        library.videos.delete(MINE, stored.video_id)
    assert types(library) == ["VideoDeleted"]


def test_a_run_is_an_event_when_it_starts_and_when_it_ends(library: Library) -> None:
    stored = library.videos.add(video())
    run = run_of(stored)
    opened = library.runs.open(queued(stored), run)
    ended = library.videos.save(opened.with_feature(Feature.TRANSCRIPT, FeatureState().queued().finished(())))
    for _ in range(2):
        library.runs.end(ended, run.run_id)
    assert types(library) == ["AnalysisStarted", "FeatureReady", "AnalysisCompleted"]
    assert pending(library)[2].data["features"] == {"transcript": "ready", "scenes": "none"}
    assert library.runs.list_open() == []


def test_a_run_without_a_ready_feature_has_failed(library: Library) -> None:
    stored = library.videos.add(video())
    run = run_of(stored)
    opened = library.runs.open(queued(stored), run)
    failed = opened.feature(Feature.TRANSCRIPT).failed("No.", "out_of_memory")
    library.runs.end(library.videos.save(opened.with_feature(Feature.TRANSCRIPT, failed)), run.run_id)
    assert types(library)[-1] == "AnalysisFailed"


def test_a_run_that_waits_for_a_budget_starts_with_its_first_attempt(library: Library) -> None:
    stored = library.videos.add(video())
    waiting = run_of(stored).waiting_for_budget()
    library.runs.open(queued(stored), waiting)
    assert pending(library) == []
    first = waiting.next_attempt()
    assert library.runs.advance(first)
    assert library.runs.advance(first.next_attempt())
    assert types(library) == ["AnalysisStarted"]


def test_a_run_that_another_process_continues_meanwhile_is_still_ended(
    library: Library, before_next_write: Callable[[Callable[[], object]], None]
) -> None:
    stored = library.videos.add(video())
    run = run_of(stored)
    opened = library.runs.open(queued(stored), run)
    before_next_write(lambda: library.runs.advance(run.next_attempt()))
    library.runs.end(opened, run.run_id)
    assert library.runs.list_open() == []
    assert types(library) == ["AnalysisStarted", "AnalysisFailed"]


def test_the_events_of_a_video_are_in_the_order_of_its_changes(library: Library) -> None:
    first, second = library.videos.add(video()), library.videos.add(video())
    second = library.videos.save(uploaded(second))
    library.videos.save(uploaded(first))
    for number in range(12):
        second = library.videos.save(second.rejected(f"code-{number}", "No.").sent_again())
        second = library.videos.save(second.rejected(f"code-{number}", "No."))
    codes = [e.data["error_code"] for e in pending(library) if e.event_type == "VideoFailed"]
    assert codes == [f"code-{number}" for number in range(12)]


def log_of(library: Library, account_id: str = MINE, after: int = 0) -> list[tuple[int, str]]:
    return [(e.sequence, e.event.event_type) for e in library.events.after(account_id, after, 100)]


def settle(library: Library, account_id: str = MINE, limit: int = 100) -> bool:
    return library.events.settle(library.events.pending(account_id, limit), NOON)


def test_settled_events_are_in_the_log_of_their_account_without_a_gap(library: Library) -> None:
    for account in (MINE, MINE, YOURS):
        library.videos.save(uploaded(library.videos.add(video(account))))
    assert settle(library, limit=1)
    assert settle(library)
    assert settle(library, YOURS)
    assert pending(library) == pending(library, YOURS) == []
    assert log_of(library) == [(1, "VideoUploaded"), (2, "VideoUploaded")]
    assert log_of(library, after=1) == [(2, "VideoUploaded")]
    assert log_of(library, YOURS) == [(1, "VideoUploaded")]
    assert (library.events.last_sequence(MINE), library.events.last_sequence("unknown")) == (2, 0)


def test_two_processes_that_publish_the_same_events_log_them_once(library: Library) -> None:
    library.videos.save(uploaded(library.videos.add(video())))
    both = [library.events.pending(MINE, 100) for _ in range(2)]
    assert [library.events.settle(one, NOON) for one in both] == [True, False]
    assert log_of(library) == [(1, "VideoUploaded")]


def test_a_process_that_another_one_overtakes_logs_nothing(
    library: Library, before_next_write: Callable[[Callable[[], object]], None]
) -> None:
    for _ in range(2):
        library.videos.save(uploaded(library.videos.add(video())))
    one = library.events.pending(MINE, 1)
    before_next_write(lambda: settle(library))
    assert not library.events.settle(one, NOON)
    assert log_of(library) == [(1, "VideoUploaded"), (2, "VideoUploaded")]


def test_an_event_of_the_log_expires_after_the_retention(library: Library) -> None:
    library.videos.save(uploaded(library.videos.add(video())))
    settle(library)
    (logged,) = library.events.after(MINE, 0, 100)
    assert logged.expires_at == NOON + RETENTION == NOON + timedelta(days=7)


def test_waiting_events_of_all_accounts_are_listed_up_to_a_limit(library: Library) -> None:
    for account in (MINE, YOURS, MINE):
        library.videos.save(uploaded(library.videos.add(video(account))))
    assert [event.account_id for event in library.events.waiting(2)] == [MINE, YOURS]
    assert len(library.events.waiting(10)) == 3


def test_the_item_of_a_logged_event_has_the_time_at_which_the_table_deletes_it(aws: Any) -> None:
    from cinedex.adapters.dynamodb.events.event_log import stored_event_log
    from cinedex.adapters.dynamodb.library.stores import stored_videos
    from cinedex.adapters.dynamodb.table import DynamoDbTable
    from cinedex.adapters.dynamodb.videos import StoredVideos

    from tests.support.aws import new_table

    table = DynamoDbTable(new_table())
    videos, log = stored_videos(table, StoredVideos), stored_event_log(table)
    videos.save(uploaded(videos.add(video())))
    log.settle(log.pending(MINE, 10), NOON)
    (item,) = table.query(f"EL#{MINE}", begins="E#")
    assert item["expires_at"] == int((NOON + RETENTION).timestamp())


def test_the_most_features_that_one_change_can_end_fit_into_a_transaction(library: Library) -> None:
    stored = library.videos.add(video())
    states = {feature: FeatureState(status=FeatureStatus.READY, generation=1) for feature in Feature}
    library.videos.save(uploaded(stored).changed(features=states, name="another", title="T"))
    assert len(pending(library)) == len(Feature) + 1


def test_a_run_of_another_generation_is_another_fact(library: Library) -> None:
    stored = library.videos.add(video())
    ids: set[str] = set()
    for generation in (1, 2):
        run: AnalysisRun = run_of(stored, generation)
        stored = library.runs.open(stored, run)
        ids |= {event.event_id for event in pending(library)}
    assert len(ids) == 2
