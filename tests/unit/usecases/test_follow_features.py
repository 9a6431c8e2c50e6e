"""Where features stand: every known one, with progress while something is in flight."""

from __future__ import annotations

import pytest
from cinedex.domain.feature import Feature, FeatureStatus

from tests.support.memory.house import House


def test_every_known_feature_is_told_also_those_nobody_asked_for(house: House) -> None:
    states = house.follow(house.uploaded())
    assert list(states) == list(Feature)
    assert {s.status for s in states.values()} == {FeatureStatus.NONE}


def test_progress_is_that_of_the_run_in_flight(house: House) -> None:
    video, run = house.started()
    house.begin(*house.order(run))
    house.progress.report(video.video_id, run.run_id, "transcribe_speech", None, 0.5)
    house.progress.report(video.video_id, run.run_id, "detect_shots", None, 1.0)
    states = house.follow(house.now(video))
    assert (states[Feature.TRANSCRIPT].progress, states[Feature.SCENES].progress) == (0.75, 0.75)
    assert states[Feature.CAPTIONS].progress == 0.0


def test_progress_is_not_looked_up_when_nothing_is_in_flight(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.progress, "read", lambda *_: pytest.fail("looked up"))
    states = house.follow(house.analysed())
    assert states[Feature.CAPTIONS].status is FeatureStatus.READY
    assert states[Feature.CAPTIONS].progress is None
