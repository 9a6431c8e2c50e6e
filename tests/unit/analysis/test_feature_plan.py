"""The plan lists the features to trigger now, those in flight, those blocked, and the reasons."""

from __future__ import annotations

import pytest
from cinedex.analysis.domain.feature_plan import plan_features
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video

from tests.support.memory.scenario import NOON

T, C, E, O = Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.EMBEDDINGS, Feature.OBJECTS  # noqa: E741
READY, FAILED = FeatureStatus.READY, FeatureStatus.FAILED
PROCESSING, BLOCKED = FeatureStatus.PROCESSING, FeatureStatus.BLOCKED


def video(**statuses: FeatureStatus) -> Video:
    return Video(
        video_id="v",
        account_id="a",
        media=StoredMedia(bucket="b", key="k"),
        status=UploadStatus.UPLOADED,
        created_at=NOON,
        features={Feature(name): FeatureState(status=status, generation=1) for name, status in statuses.items()},
    )


def test_an_untouched_video_begins_with_its_transcript() -> None:
    plan = plan_features(video(), (E,))
    assert (plan.all_required, plan.actionable) == ((T, C, E), (T,))
    assert not plan.done


def test_everything_whose_needs_are_ready_can_be_triggered_at_once() -> None:
    assert plan_features(video(transcript=READY), (E, O)).actionable == (C, O)


def test_a_requested_by_product_is_required_together_with_its_trigger() -> None:
    plan = plan_features(video(transcript=READY, scenes=READY), (Feature.SCENES,))
    assert (plan.all_required, plan.done) == ((T, Feature.SCENES), True)


def test_a_by_product_is_never_actionable() -> None:
    assert plan_features(video(), (Feature.SCENES,)).actionable == (T,)


def test_waiting_for_a_running_dependency_is_not_being_blocked() -> None:
    plan = plan_features(video(transcript=PROCESSING), (C,))
    assert (plan.actionable, plan.processing, plan.blocked) == ((), (T,), ())


def test_a_failed_feature_is_listed_with_its_reason_and_blocks_its_dependents() -> None:
    stuck = video(transcript=FAILED)
    stuck = stuck.with_feature(T, FeatureState(status=FAILED, generation=1, error="No sound."))
    plan = plan_features(stuck, (E,))
    assert plan.errors == {T: "No sound."}
    assert (plan.actionable, plan.blocked) == ((), (C, E))


def test_a_feature_blocked_by_what_is_ready_by_now_can_be_triggered() -> None:
    assert plan_features(video(transcript=READY, captions=BLOCKED), (C,)).actionable == (C,)


def test_what_this_deployment_cannot_compute_is_an_error_not_an_action() -> None:
    plan = plan_features(video(transcript=READY), (Feature.CHAPTERS,))
    assert list(plan.errors) == [Feature.CHAPTERS]
    assert (plan.actionable, plan.done) == ((), False)


@pytest.mark.parametrize("status", list(FeatureStatus))
def test_each_status_of_a_dependency_has_its_place_in_the_plan(status: FeatureStatus) -> None:
    plan = plan_features(video(transcript=status), (C,))
    assert plan.statuses == {T: status, C: FeatureStatus.NONE}
    assert plan.actionable == {READY: (C,), FeatureStatus.NONE: (T,), BLOCKED: (T,)}.get(status, ())
    assert plan.processing == ((T,) if status in (FeatureStatus.PENDING, PROCESSING) else ())
    assert plan.blocked == ((C,) if status is FAILED else ())
    assert plan.errors == ({T: "The last computation failed."} if status is FAILED else {})
    assert plan.done is False


@pytest.mark.parametrize("status", list(FeatureStatus))
def test_a_plan_is_done_when_everything_is_ready(status: FeatureStatus) -> None:
    plan = plan_features(video(transcript=READY, captions=status), (C,))
    assert plan.done is (status is READY)
    assert plan.actionable == ((C,) if status in (FeatureStatus.NONE, BLOCKED) else ())
    assert plan.blocked == ()


def test_a_ready_feature_is_not_blocked_by_a_dependency_that_failed_later() -> None:
    assert plan_features(video(transcript=FAILED, captions=READY), (C,)).blocked == ()


def test_a_feature_does_not_block_itself() -> None:
    assert plan_features(video(transcript=FAILED), (T,)).blocked == ()
