"""Every run ends every feature that it touches: with a result, an honest empty one, or a failure with its reason."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import TypeVar, cast

import pytest
from cinedex.analysis.domain.run import ATTEMPTS_MAX, AnalysisRun
from cinedex.analysis.domain.state_events import AnalysisJob, ChunkResult
from cinedex.analysis.usecases.advance_features import is_current
from cinedex.analysis.usecases.end_features import NO_RESULT, fail_orphans, orphans
from cinedex.analysis.usecases.record_run import record_run
from cinedex.analysis.usecases.resume_analyses import EVENT_DELAY_MAX
from cinedex.analysis.usecases.start_analysis import AnalysisRequest
from cinedex.kernel.errors import CinedexError, StateConflict
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.timeline.entries import Track
from cinedex.usage.ledger_entry import LedgerEntry
from cinedex.usage.record_usage import RecordUsage
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.memory.app_fixture import ALL, MINE, InMemoryApp
from tests.support.memory.scenario import TALKING_CLIP

O, T = Feature.OBJECTS, Feature.TRANSCRIPT  # noqa: E741
PICTURES = {"video_codec": None, "width": None, "height": None, "avg_fps": None}
SOUND = {"audio_codec": None}
KINDS = {"both": {}, "sound only": PICTURES, "pictures only": SOUND, "neither": PICTURES | SOUND}
STATES = ("begin", "tasks", "plan", "chunk", "merge", "build", "embed", "publish", "finish")
LEFT = "features were left in flight"
TRIGGERS = ("upload", "forced", "single", "again")
Result = TypeVar("Result")


def uploaded(memory_app: InMemoryApp, kind: str) -> Video:
    video = memory_app.uploaded()
    return memory_app.videos.save(video.changed(probe=TALKING_CLIP.model_copy(update=KINDS[kind])))


# FinishAnalysis


def test_objects_of_a_file_without_pictures_are_ready_and_empty(memory_app: InMemoryApp) -> None:
    video = uploaded(memory_app, "sound only")
    _, first = memory_app.analysing(video, T)
    memory_app.run_analysis(first)
    _, run = memory_app.analysing(video, O)
    memory_app.run_analysis(run)
    state = memory_app.now(video).feature(O)
    assert (state.status, state.models) == (FeatureStatus.READY, ())
    assert list(memory_app.timeline.entries(video.video_id, Track.OBJECTS, state.generation)) == []


def test_a_run_that_ends_without_a_result_fails_its_features_with_a_reason(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    video, run = memory_app.analysing(memory_app.analysed(T), O)
    memory_app.begin(*memory_app.order(run))
    memory_app.finish(*memory_app.order(run))
    state = memory_app.now(video).feature(O)
    assert (state.status, state.error, state.error_code) == (FeatureStatus.FAILED, NO_RESULT, "internal_error")
    assert LEFT in caplog.messages


@pytest.mark.parametrize("kind", ["both", "sound only"])
def test_a_run_that_ends_as_it_should_logs_no_fault(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    _, run = memory_app.analysing(uploaded(memory_app, kind))
    memory_app.run_analysis(run)
    assert LEFT not in caplog.messages
    assert memory_app.runs.list_open() == []


# The sweep


def orphan(memory_app: InMemoryApp) -> Video:
    """A video with a feature in flight, whose run was closed by an earlier version."""
    video, run = memory_app.analysing(memory_app.analysed(T), O)
    memory_app.runs.close(run.video_id, run.run_id)
    return memory_app.now(video)


def test_the_sweep_ends_features_that_no_run_computes(memory_app: InMemoryApp) -> None:
    video = orphan(memory_app)
    assert memory_app.resume()["videos_ended"] == 1
    state = memory_app.now(video).feature(O)
    assert (state.status, state.error) == (FeatureStatus.FAILED, NO_RESULT)
    assert memory_app.resume()["videos_ended"] == 0


def test_the_sweep_leaves_features_of_open_runs_alone(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.started()
    assert memory_app.resume()["videos_ended"] == 0
    assert memory_app.now(video).feature(T).status is FeatureStatus.PENDING


def test_a_feature_that_ends_during_the_sweep_keeps_its_result(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, run = memory_app.analysing(memory_app.analysed(T), O)

    def end_the_run_first(video_id: str) -> list[AnalysisRun]:
        monkeypatch.undo()
        memory_app.run_analysis(run)
        return list(memory_app.runs.list_of(video_id))

    monkeypatch.setattr(memory_app.runs, "list_open", list)  # it is eventually consistent
    monkeypatch.setattr(memory_app.runs, "list_of", end_the_run_first)
    memory_app.resume()
    assert memory_app.now(video).feature(O).status is FeatureStatus.READY


def test_a_feature_that_is_started_again_during_the_sweep_is_left_alone(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = orphan(memory_app)

    def start_first(video_id: str) -> list[AnalysisRun]:
        monkeypatch.undo()
        memory_app.start.trigger(MINE, video_id, AnalysisRequest((O,)))
        return []

    monkeypatch.setattr(memory_app.runs, "list_of", start_first)
    memory_app.resume()
    assert memory_app.now(video).feature(O).status is FeatureStatus.PENDING


def test_a_feature_that_no_run_computes_can_be_started_again(memory_app: InMemoryApp) -> None:
    video = orphan(memory_app)
    memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((O,)))
    (run,) = memory_app.runs.list_of(video.video_id)
    memory_app.run_analysis(run)
    assert memory_app.now(video).feature(O).status is FeatureStatus.READY


# All runs


@dataclass(frozen=True)
class Scenario:
    """`failing` is the state that fails in every attempt; `crashes` loses the execution there instead."""

    features: tuple[Feature, ...]
    kind: str
    trigger: str
    failing: str | None
    crashes: bool


scenarios = st.builds(
    Scenario,
    st.lists(st.sampled_from(ALL), min_size=1, unique=True).map(tuple),
    st.sampled_from(tuple(KINDS)),
    st.sampled_from(TRIGGERS),
    st.none() | st.sampled_from(STATES),
    st.booleans(),
)


class StepFailed(Exception):
    pass


@dataclass
class Machine:
    """The states in the order of `statemachines/analyze_video.asl.yaml`, with the failure of a scenario."""

    app: InMemoryApp
    scenario: Scenario

    def run_all(self) -> None:
        """Every open run, and the attempts in which the sweep continues it."""
        for _ in range(ATTEMPTS_MAX + 1):
            for run in self.app.runs.list_open():
                self._attempt(run)
            self.app.runner.crash()
            self.app.clock.at += EVENT_DELAY_MAX + timedelta(seconds=1)
            self.app.resume()

    def _attempt(self, run: AnalysisRun) -> None:
        try:
            self._states(run)
        except (StepFailed, CinedexError):
            if not self.scenario.crashes:
                self.app.fail(*self.app.order(run), "UnexpectedError", "It failed.")

    def _states(self, run: AnalysisRun) -> None:
        order = self.app.order(run)
        job = self._state("begin", lambda: self.app.begin(*order))
        self._state("tasks", lambda: None)
        plan_key = self._state("plan", lambda: self._plan(run, job))
        if job.analyze_chunks:
            chunks = self.app.analyze_chunks(run, plan_key)
            if self.scenario.failing == "chunk":
                chunks[0] = ChunkResult(chunk=0, error="CorruptMedia", cause="No.")
            self._state("merge", lambda: self.app.merge(*order, plan_key, chunks))
        if job.embed:
            self._state("build", lambda: None)
            self._state("embed", lambda: self.app.embed(run))
            self._state("publish", lambda: None)
        self._state("finish", lambda: self.app.finish(*order))

    def _plan(self, run: AnalysisRun, job: AnalysisJob) -> str:
        return self.app.plan_chunks(run).plan_key if job.transcribe else job.plan_key

    def _state(self, name: str, state: Callable[[], Result]) -> Result:
        if self.scenario.failing == name:
            raise StepFailed
        return state()


def start(app: InMemoryApp, scenario: Scenario, video: Video) -> None:
    request = AnalysisRequest(scenario.features, force=scenario.trigger == "forced")
    with suppress(StateConflict):  # a dependency is not ready
        if scenario.trigger == "single":
            app.start.trigger(MINE, video.video_id, AnalysisRequest(scenario.features[:1]))
        else:
            app.start.analyze(MINE, video.video_id, request)


@settings(max_examples=150, deadline=None)
@given(scenarios)
def test_every_run_ends_every_feature_that_it_touches(scenario: Scenario) -> None:
    app = InMemoryApp()
    video = uploaded(app, scenario.kind)
    whole = Scenario(ALL, scenario.kind, "upload", None, crashes=False)
    if scenario.trigger in ("forced", "single"):  # these need results to work with
        start(app, whole, video) if scenario.trigger == "forced" else app.analysing(video, T)
        Machine(app, whole).run_all()
    for _ in range(2 if scenario.trigger == "again" else 1):
        start(app, scenario, video)
        Machine(app, scenario).run_all()
    after = app.now(video)
    assert after.in_flight == ()
    assert app.runs.list_open() == []
    assert all(_is_explained(state) for state in after.features.values())


def _is_explained(state: FeatureState) -> bool:
    return bool(state.error) or state.status in (FeatureStatus.READY, FeatureStatus.NONE)


@pytest.mark.parametrize("generation", [0, 2])
def test_a_run_of_another_generation_does_not_compute_a_feature(memory_app: InMemoryApp, generation: int) -> None:
    video, run = memory_app.analysing(memory_app.analysed(T), O)
    other = run.model_copy(update={"generations": {O: generation}})
    assert orphans(video, [run]) == ()
    assert orphans(video, [other]) == orphans(video, []) == (O,)


def test_a_run_of_other_features_does_not_compute_a_feature(memory_app: InMemoryApp) -> None:
    video, run = memory_app.analysing(memory_app.analysed(T), O)
    other = run.model_copy(update={"generations": {T: video.feature(T).generation}})
    assert orphans(video, [other]) == (O,)
    assert orphans(video, [other, run]) == ()


@pytest.mark.parametrize(("status", "generation", "fails"), [("processing", 1, True), ("processing", 2, False)])
def test_an_orphan_is_failed_in_the_generation_in_which_it_was_found(
    memory_app: InMemoryApp, status: str, generation: int, fails: bool
) -> None:
    read = orphan(memory_app)
    now = read.with_feature(O, FeatureState(status=FeatureStatus(status), generation=generation))
    after = fail_orphans(now, read, [O])
    assert (after.feature(O).status is FeatureStatus.FAILED) is fails


# The generation of a feature


@pytest.mark.parametrize(("generation", "is_its_own"), [(0, False), (1, True), (2, False)])
def test_a_run_writes_only_features_of_its_own_generation(
    memory_app: InMemoryApp, generation: int, is_its_own: bool
) -> None:
    video, run = memory_app.analysing(memory_app.analysed(T), O)
    changed = video.with_feature(O, FeatureState(status=FeatureStatus.PROCESSING, generation=generation))
    assert is_current(changed, run, O) is is_its_own
    ended = video.with_feature(O, FeatureState(status=FeatureStatus.READY, generation=generation))
    assert not is_current(ended, run, O)
    assert not is_current(changed, run, Feature.CAPTIONS)


# Usage


@pytest.mark.parametrize(
    ("status", "generation", "is_recorded"),
    [("ready", 1, True), ("ready", 0, False), ("ready", 2, False), ("failed", 1, False), ("processing", 1, False)],
)
def test_what_a_run_has_made_ready_is_recorded_in_milliseconds(
    memory_app: InMemoryApp, status: str, generation: int, is_recorded: bool
) -> None:
    video, run = memory_app.analysing(memory_app.analysed(T), O)
    recorded: list[LedgerEntry] = []
    changed = video.with_feature(O, FeatureState(status=FeatureStatus(status), generation=generation)).changed(
        probe=TALKING_CLIP.model_copy(update={"duration_s": 12.3456})
    )
    record_run(cast(RecordUsage, SimpleNamespace(add=recorded.append)), changed, run)
    assert [dict(entry.amounts) for entry in recorded] == ([{O: 12346}] if is_recorded else [])
