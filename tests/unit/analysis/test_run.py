"""A run is named by what it computes, so that starting it twice starts it once."""

from __future__ import annotations

from uuid import UUID

import pytest
from cinedex.analysis.domain.run import ATTEMPTS_MAX, AnalysisRun, run_id_of
from cinedex.kernel.ids import new_id
from cinedex.library.domain.feature import CATALOG, Feature
from hypothesis import given
from hypothesis import strategies as st

from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.scenario import NOON, TALKING_CLIP

EXECUTION_NAME_LENGTH_MAX = 80
GENERATIONS = st.dictionaries(st.sampled_from(list(CATALOG)), st.integers(1, 10**6), min_size=1)


def run(video_id: str, generations: dict[Feature, int], **fields: object) -> AnalysisRun:
    run_id = run_id_of(video_id, generations)
    required = {
        "run_id": run_id,
        "account_id": "a",
        "video_id": video_id,
        "generations": generations,
        "started_at": NOON,
    }
    return AnalysisRun.model_validate(required | fields)


@given(st.uuids(), GENERATIONS)
def test_an_execution_name_is_valid_in_step_functions(video: UUID, generations: dict[Feature, int]) -> None:
    name = run(str(video), generations, attempt=ATTEMPTS_MAX).execution_name
    assert len(name) <= EXECUTION_NAME_LENGTH_MAX
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.lists(GENERATIONS, min_size=2, max_size=2, unique_by=lambda g: tuple(sorted(g.items()))))
def test_different_computations_have_different_ids(both: list[dict[Feature, int]]) -> None:
    assert run_id_of("v", both[0]) != run_id_of("v", both[1])


def test_the_id_of_a_computation_does_not_depend_on_the_order_of_its_features() -> None:
    forward = {Feature.TRANSCRIPT: 1, Feature.CAPTIONS: 2}
    assert run_id_of("v", forward) == run_id_of("v", dict(reversed(forward.items()))) == "v-t1c2"


def test_each_attempt_is_a_separate_execution_up_to_the_maximum() -> None:
    first = run(new_id(), {Feature.TRANSCRIPT: 1})
    assert first.next_attempt().execution_name == f"{first.run_id}-2"
    assert first.can_retry()
    assert not first.model_copy(update={"attempt": ATTEMPTS_MAX}).can_retry()


def test_a_forced_run_reuses_results_of_its_own_only() -> None:
    plain = run("v", {Feature.TRANSCRIPT: 3})
    assert plain.scope == "shared"
    assert plain.model_copy(update={"forced": True}).scope == "v-t3"


def test_features_come_in_the_order_in_which_they_are_computed() -> None:
    mixed = run("v", {Feature.OBJECTS: 1, Feature.TRANSCRIPT: 1})
    assert mixed.features == (Feature.TRANSCRIPT, Feature.OBJECTS)


@pytest.mark.parametrize(("attempt", "can_retry"), [(1, True), (5, True), (6, False), (7, False)])
def test_a_run_has_six_attempts(attempt: int, can_retry: bool) -> None:
    assert run("v", {Feature.TRANSCRIPT: 1}, attempt=attempt).can_retry() is can_retry


def test_an_attempt_that_a_restart_interrupted_is_not_one_of_the_six() -> None:
    interrupted = run("v", {Feature.TRANSCRIPT: 1}, attempt=ATTEMPTS_MAX).next_attempt(after_restart=True)
    assert (interrupted.attempt, interrupted.restarts) == (ATTEMPTS_MAX + 1, 1)
    assert not interrupted.can_retry()
    assert interrupted.model_copy(update={"restarts": 2}).can_retry()


@pytest.mark.parametrize(("restarts", "can_retry"), [(0, True), (99, True), (100, False)])
def test_a_run_survives_a_hundred_restarts(restarts: int, can_retry: bool) -> None:
    restarted = run("v", {Feature.TRANSCRIPT: 1}, attempt=restarts + 1, restarts=restarts)
    assert restarted.can_retry(after_restart=True) is can_retry


def test_a_run_that_waits_for_its_budget_has_had_no_attempt() -> None:
    first = run("v", {Feature.TRANSCRIPT: 1})
    assert (first.attempt, first.forced, first.waits_for_budget) == (1, False, False)
    waiting = first.waiting_for_budget()
    assert (waiting.attempt, waiting.waits_for_budget) == (0, True)
    assert waiting.next_attempt() == first


def test_a_run_is_charged_by_the_milliseconds_of_its_video(memory_app: InMemoryApp) -> None:
    video, started = memory_app.started(Feature.TRANSCRIPT)
    charge = started.charge(video.changed(probe=TALKING_CLIP.model_copy(update={"duration_s": 12.3456})))
    assert (charge.ms, charge.run_id, charge.forced, charge.etag) == (
        12346,
        started.run_id,
        False,
        video.media.etag,
    )


@pytest.mark.parametrize(
    ("attempt", "restarts", "again", "after_restart"),
    [(6, 0, False, True), (6, 1, True, True), (105, 99, False, True), (106, 100, False, False), (7, 2, True, True)],
)
def test_a_restart_is_no_attempt_and_a_hundred_of_them_are_the_most(
    attempt: int, restarts: int, again: bool, after_restart: bool
) -> None:
    interrupted = run("v", {Feature.TRANSCRIPT: 1}, attempt=attempt, restarts=restarts)
    assert (interrupted.can_retry(), interrupted.can_retry(after_restart=True)) == (again, after_restart)


def test_the_next_attempt_counts_a_restart_if_it_was_one() -> None:
    first = run("v", {Feature.TRANSCRIPT: 1})
    following = [first.next_attempt(), first.next_attempt(after_restart=True)]
    assert [(run.attempt, run.restarts) for run in following] == [(2, 0), (2, 1)]
