"""`AnalysisRunner`: executions that are started once, looked at and stopped."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from cinedex.adapters.stepfunctions.analysis_runner import CAUSE_LENGTH_MAX, StepFunctionsAnalysisRunner
from cinedex.analysis.domain.run import AnalysisRun, run_id_of
from cinedex.analysis.ports.analysis_runner import AnalysisRunner
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.ids import new_id
from cinedex.library.domain.feature import Feature

from tests.support.aws import new_state_machine
from tests.support.memory.scenario import NOON, MemoryAnalysisRunner


@pytest.fixture
def runner(implementation: str) -> AnalysisRunner:
    return StepFunctionsAnalysisRunner(new_state_machine()) if implementation == "aws" else MemoryAnalysisRunner()


@pytest.fixture
def run() -> AnalysisRun:
    video_id, generations = new_id(), {Feature.TRANSCRIPT: 12, Feature.CAPTIONS: 345}
    return AnalysisRun(
        run_id=run_id_of(video_id, generations),
        account_id="mine",
        video_id=video_id,
        generations=generations,
        started_at=NOON,
    )


def test_a_started_run_is_running(runner: AnalysisRunner, run: AnalysisRun) -> None:
    assert not runner.is_running(run)
    runner.start(run)
    assert runner.is_running(run)


def test_starting_the_same_attempt_twice_starts_it_once(runner: AnalysisRunner, run: AnalysisRun) -> None:
    runner.start(run)
    runner.start(run)
    assert runner.is_running(run)


def test_a_stopped_run_is_not_running_and_starts_no_more(runner: AnalysisRunner, run: AnalysisRun) -> None:
    runner.start(run)
    runner.stop(run, "The video was deleted.")
    assert not runner.is_running(run)
    runner.start(run)
    assert not runner.is_running(run)


def test_the_next_attempt_is_a_run_of_its_own(runner: AnalysisRunner, run: AnalysisRun) -> None:
    runner.start(run)
    runner.stop(run, "")
    runner.start(run.next_attempt())
    assert runner.is_running(run.next_attempt())


def test_stopping_what_does_not_run_is_no_error(runner: AnalysisRunner, run: AnalysisRun) -> None:
    runner.stop(run, "x")
    runner.start(run)
    for _ in range(2):
        runner.stop(run, "x" * (CAUSE_LENGTH_MAX + 1))
        assert not runner.is_running(run)


def test_the_input_of_an_execution_contains_only_ids(aws: None, run: AnalysisRun) -> None:
    machine = new_state_machine()
    StepFunctionsAnalysisRunner(machine).start(run)
    client = boto3.client("stepfunctions")
    (execution,) = client.list_executions(stateMachineArn=machine)["executions"]
    description = client.describe_execution(executionArn=execution["executionArn"])
    assert description["name"] == run.execution_name
    assert json.loads(description["input"]) == {"account_id": "mine", "video_id": run.video_id, "run_id": run.run_id}


def test_executions_in_progress_are_listed(runner: AnalysisRunner, run: AnalysisRun) -> None:
    other = run.model_copy(update={"run_id": run.run_id.replace("t12", "t13")})
    runner.start(run)
    runner.start(other)
    runner.stop(other, "")
    assert runner.running() == {run.execution_name}


def test_an_attempt_has_started_also_after_its_end(runner: AnalysisRunner, run: AnalysisRun) -> None:
    assert not runner.has_started(run)
    runner.start(run)
    assert runner.has_started(run)
    runner.stop(run, "")
    assert (runner.has_started(run), runner.has_started(run.next_attempt())) == (True, False)


@pytest.mark.parametrize("code", ["ThrottlingException", "ExecutionLimitExceeded"])
def test_a_start_that_is_throttled_may_succeed_later(
    aws: None, run: AnalysisRun, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    runner = StepFunctionsAnalysisRunner(new_state_machine())

    def throttle(**_: str) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "Rate exceeded"}}, "StartExecution")

    with monkeypatch.context() as busy:
        busy.setattr(runner._client, "start_execution", throttle)
        with pytest.raises(Unavailable):
            runner.start(run)
    runner.start(run)
    assert runner.is_running(run)
