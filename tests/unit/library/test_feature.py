"""What can be computed, what it needs, and the named transitions of its state."""

from __future__ import annotations

import pytest
from cinedex.library.domain.feature import (
    CATALOG,
    Feature,
    FeatureState,
    FeatureStatus,
    closure,
    dependents,
    trigger_of,
)
from pydantic import ValidationError

from tests.support.memory.scenario import NOON

T, C, E, O = Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.EMBEDDINGS, Feature.OBJECTS  # noqa: E741


def test_the_catalog_lists_what_can_be_triggered_after_what_it_needs() -> None:
    names = list(CATALOG)
    assert names == [T, C, E, O]
    assert all(names.index(need) < names.index(name) for name in names for need in CATALOG[name].depends_on)


@pytest.mark.parametrize(
    ("feature", "trigger"), [(T, T), (Feature.SCENES, T), (C, C), (Feature.CHAPTERS, None), (Feature.THUMBNAILS, None)]
)
def test_a_feature_is_yielded_by_one_trigger_or_by_none(feature: Feature, trigger: Feature | None) -> None:
    assert trigger_of(feature) is trigger


@pytest.mark.parametrize(
    ("requested", "needed"),
    [
        ((E,), (T, C, E)),
        ((O,), (T, O)),
        ((Feature.SCENES,), (T,)),
        ((O, C), (T, C, O)),
        ((Feature.CHAPTERS,), ()),
        ((), ()),
    ],
)
def test_the_closure_holds_all_that_is_needed_in_order(
    requested: tuple[Feature, ...], needed: tuple[Feature, ...]
) -> None:
    assert closure(requested) == needed


@pytest.mark.parametrize(("feature", "stale"), [(T, (C, E, O)), (C, (E,)), (E, ()), (O, ())])
def test_what_was_made_from_a_feature_depends_on_it(feature: Feature, stale: tuple[Feature, ...]) -> None:
    assert dependents(feature) == stale


def test_each_computation_has_a_generation_of_its_own() -> None:
    first = FeatureState().queued()
    assert (first.status, first.generation) == (FeatureStatus.PENDING, 1)
    again = first.started().finished(("m@1",)).queued()
    assert (again.generation, again.models) == (2, ())


def test_a_reset_feature_keeps_its_generation_so_that_none_is_used_twice() -> None:
    ready = FeatureState().queued().started().finished(("m@1",))
    assert ready.reset() == FeatureState(generation=1)
    assert ready.reset().queued().generation == 2


def test_a_computation_begins_without_progress_and_ends_without_error() -> None:
    started = FeatureState().queued().started()
    assert (started.status, started.progress) == (FeatureStatus.PROCESSING, 0.0)
    ready = started.advanced(0.4).finished(("m@1",))
    assert ready == FeatureState(status=FeatureStatus.READY, generation=1, models=("m@1",))


def test_progress_never_runs_backwards_nor_beyond_the_end() -> None:
    state = FeatureState().queued().started().advanced(0.6)
    assert state.advanced(0.2).progress == 0.6
    assert state.advanced(7).progress == 1.0


def test_a_failed_and_a_blocked_feature_say_why_and_keep_their_generation() -> None:
    started = FeatureState().queued().started()
    assert started.failed("No.", "corrupt_media") == FeatureState(
        status=FeatureStatus.FAILED, generation=1, error="No.", error_code="corrupt_media"
    )
    assert started.blocked("Wait.") == FeatureState(status=FeatureStatus.BLOCKED, generation=1, error="Wait.")


def test_only_pending_and_processing_are_in_flight() -> None:
    assert {s for s in FeatureStatus if s.in_flight} == {FeatureStatus.PENDING, FeatureStatus.PROCESSING}


@pytest.mark.parametrize(
    ("name", "allowed", "refused"), [("generation", [0, 1], [-1]), ("progress", [None, 0, 0.5, 1], [-0.1, 1.1])]
)
def test_generations_count_from_0_and_progress_lies_between_none_and_all(
    name: str, allowed: list[float | None], refused: list[float]
) -> None:
    assert [getattr(FeatureState.model_validate({name: value}), name) for value in allowed] == allowed
    for value in refused:
        with pytest.raises(ValidationError, match=name):
            FeatureState.model_validate({name: value})


def test_a_feature_that_was_never_computed_is_none() -> None:
    state = FeatureState()
    assert (state.status, state.generation, state.models, state.progress) == (FeatureStatus.NONE, 0, (), None)


def test_progress_begins_at_nothing_and_ends_at_all() -> None:
    assert FeatureState().advanced(0.3).progress == 0.3
    assert FeatureState().advanced(-1).progress == 0.0
    assert FeatureState().advanced(1.0).progress == 1.0


def test_a_waiting_feature_says_since_when_and_for_what() -> None:
    waiting = FeatureState().queued().waiting(NOON, "a budget").resuming(NOON)
    assert (waiting.waiting_since, waiting.waiting_reason, waiting.resumes_at) == (NOON, "a budget", NOON)
    assert (waiting.status, waiting.generation) == (FeatureStatus.PENDING, 1)
    assert waiting.started() == FeatureState(status=FeatureStatus.PROCESSING, generation=1, progress=0.0)
