"""`RunRepository`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.analysis.domain.run import AnalysisRun, run_id_of
from cinedex.kernel.errors import NotFound, StaleRevision
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video

from tests.contract.repositories.conftest import Library
from tests.contract.repositories.test_videos import video
from tests.support.memory.app_fixture import MINE
from tests.support.memory.scenario import NOON


def queued(stored: Video) -> Video:
    state = stored.feature(Feature.TRANSCRIPT).queued()
    return stored.with_feature(Feature.TRANSCRIPT, state)


def run_of(stored: Video, generation: int = 1, minutes: float = 0) -> AnalysisRun:
    generations = {Feature.TRANSCRIPT: generation}
    return AnalysisRun(
        run_id=run_id_of(stored.video_id, generations),
        account_id=stored.account_id,
        video_id=stored.video_id,
        generations=generations,
        options={"transcribe_speech": {"language": "de"}},
        started_at=NOON + timedelta(minutes=minutes),
    )


def test_a_run_is_stored_together_with_the_features_that_it_queues(library: Library) -> None:
    stored = library.videos.add(video())
    run = run_of(stored)
    opened = library.runs.open(queued(stored), run)
    assert opened == library.videos.get(MINE, stored.video_id)
    assert opened.revision == stored.revision + 1
    assert library.runs.get(stored.video_id, run.run_id) == run


def test_a_run_on_a_video_that_was_changed_stores_neither(library: Library) -> None:
    stored = library.videos.add(video())
    changed = library.videos.save(stored.changed(title="T"))
    run = run_of(stored)
    with pytest.raises(StaleRevision):
        library.runs.open(queued(stored), run)
    assert library.videos.get(MINE, stored.video_id) == changed
    assert library.runs.list_of(stored.video_id) == []


def test_a_run_on_a_deleted_video_stores_neither(library: Library) -> None:
    stored = library.videos.add(video())
    library.videos.delete(MINE, stored.video_id)
    with pytest.raises(StaleRevision):
        library.runs.open(queued(stored), run_of(stored))
    assert library.videos.list(MINE) == []
    assert library.runs.list_open() == []


def test_an_unknown_run_is_not_found(library: Library) -> None:
    with pytest.raises(NotFound):
        library.runs.get("v", "v-t1")


def test_the_next_attempt_is_taken_by_one_process_only(library: Library) -> None:
    stored = library.videos.add(video())
    run = run_of(stored)
    library.runs.open(queued(stored), run)
    assert library.runs.advance(run.next_attempt())
    assert not library.runs.advance(run.next_attempt())
    assert library.runs.get(stored.video_id, run.run_id).attempt == 2


def test_an_ended_run_accepts_no_further_attempt(library: Library) -> None:
    stored = library.videos.add(video())
    run = run_of(stored)
    library.runs.open(queued(stored), run)
    library.runs.close(stored.video_id, run.run_id)
    assert not library.runs.advance(run.next_attempt())
    assert library.runs.list_open() == []


def test_closing_a_run_again_or_an_unknown_one_leaves_the_others_open(library: Library) -> None:
    stored, other = library.videos.add(video()), library.videos.add(video("other"))
    run, left = run_of(stored), run_of(other)
    library.runs.open(queued(stored), run)
    library.runs.open(queued(other), left)
    for video_id, run_id in ((stored.video_id, run.run_id), (stored.video_id, run.run_id), ("v", "v-t1")):
        library.runs.close(video_id, run_id)
    assert library.runs.list_open() == [left]


def test_open_runs_of_all_videos_are_listed_oldest_first(library: Library) -> None:
    younger, older = library.videos.add(video()), library.videos.add(video("other"))
    late, early = run_of(younger, minutes=5), run_of(older)
    library.runs.open(queued(younger), late)
    library.runs.open(queued(older), early)
    assert library.runs.list_open() == [early, late]
    assert library.runs.list_of(younger.video_id) == [late]


def test_a_new_attempt_keeps_the_place_in_the_list(library: Library) -> None:
    first, second = library.videos.add(video()), library.videos.add(video())
    early, late = run_of(first), run_of(second, minutes=5)
    library.runs.open(queued(first), early)
    library.runs.open(queued(second), late)
    library.runs.advance(early.next_attempt())
    assert library.runs.list_open() == [early.next_attempt(), late]
