"""Executions of the state machine: each Retry and each Catch with the errors that it names, and what is sent."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.analysis.domain.state_events import (
    FailAnalysisEvent,
    MergeChunksEvent,
    PlanChunksEvent,
    PlanInputs,
    PublishDocumentsEvent,
    RunEvent,
    TaskFailure,
)
from cinedex.analysis.domain.task_message import SCHEMA_VERSION, TaskMessage
from pydantic import BaseModel

from tests.support.state_machine import CHUNKS, IDS, JOB, TASKS, Ended, Errors, run_executions
from tests.support.template import analyze_video, states

FUNCTIONS = (
    "BeginAnalysis", "PlanChunks", "MergeChunks", "BuildDocuments", "PublishDocuments", "FinishAnalysis",
)  # fmt: skip
ATTEMPTS_MAX = {**dict.fromkeys(FUNCTIONS, 7), **dict.fromkeys(TASKS, 4)}
FUNCTION_ERRORS = (
    "Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException",
    "Lambda.SdkClientException", "Lambda.TooManyRequestsException", "Lambda.Unknown", "StaleRevision", "Unavailable",
    "StoreUnavailable", "ClientError", "EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError",
    "ConnectionClosedError", "Runtime.ExitError", "Sandbox.Timedout",
)  # fmt: skip
TASK_ERRORS = ("OutOfMemory", "UnexpectedError", "SQS.AmazonSQSException", "SQS.SdkClientException")
RETRIED = {**dict.fromkeys(FUNCTIONS, FUNCTION_ERRORS), **dict.fromkeys(TASKS, TASK_ERRORS)}
FILE_ERRORS = ("CorruptMedia", "UnsupportedMedia", "MediaGone")
FINAL_ERRORS = ("States.Timeout", "States.TaskFailed", "BadMedia", "NotFound", "States.Runtime")
CAUGHT_BY_CHUNK = "analyze_chunk"
CAUGHT_BY_BRANCH = ("transcribe_speech", "detect_shots", "read_subtitles")
CAUGHT = (CAUGHT_BY_CHUNK, *CAUGHT_BY_BRANCH)
PAYLOADS: dict[str, type[BaseModel]] = {
    "BeginAnalysis": RunEvent,
    "PlanChunks": PlanChunksEvent,
    "MergeChunks": MergeChunksEvent,
    "BuildDocuments": RunEvent,
    "PublishDocuments": PublishDocumentsEvent,
    "FinishAnalysis": RunEvent,
    **dict.fromkeys(TASKS, TaskMessage),
}


def retried() -> list[tuple[str, str]]:
    return [(name, error) for name, errors in RETRIED.items() for error in errors]


def final() -> list[tuple[str, str]]:
    return [(name, error) for name in RETRIED for error in FINAL_ERRORS]


LONG_ERROR = "E" * 300
SCOPED = JOB | {"scope": "v-t2", "cost": {"per_s": 7.5, "video_s": 9.0}, "media": {**JOB["media"], "etag": "2"}}
CASES: dict[Any, Errors] = {
    "succeeds": {},
    "long cause": {"analyze_chunk": [LONG_ERROR] * 99},
    **{("once", name, error): {name: [error]} for name, error in retried()},
    **{("always", name, error): {name: [error] * 99} for name, error in retried()},
    **{("final", name, error): {name: [error] * 99} for name, error in final()},
    **{("file", name, error): {name: [error]} for name in CAUGHT_BY_BRANCH for error in FILE_ERRORS},
    "speech and shots": {"transcribe_speech": ["EngineUnavailable"], "detect_shots": ["TooCostly"]},
    "one chunk": {"analyze_chunk": ["", "BadMedia"]},
    **{("record", error): {"BeginAnalysis": ["BadMedia"], "FailAnalysis": [error]} for error in FUNCTION_ERRORS},
    "unrecorded": {"BeginAnalysis": ["BadMedia"], "FailAnalysis": ["ClientError"] * 99},
}


@pytest.fixture(scope="module")
def executions() -> dict[Any, Ended]:
    """All in one process, which takes about two seconds."""
    (scoped,) = run_executions([{}], SCOPED)
    return dict(zip(CASES, run_executions(list(CASES.values())), strict=True)) | {"scoped": scoped}


def test_an_analysis_runs_each_step_once_and_each_chunk(executions: dict[Any, Ended]) -> None:
    ended = executions["succeeds"]
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert sorted(ended.attempts) == sorted([*FUNCTIONS, *TASKS, *["analyze_chunk"] * (len(CHUNKS) - 1)])


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_step_is_sent_what_its_model_requires(executions: dict[Any, Ended], name: str) -> None:
    sent = executions["succeeds"].sent[name]
    event = PAYLOADS[name].model_validate(sent)
    assert event.model_dump(include=set(IDS)) == IDS | {"run_id": "0"}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_sent_everything_that_the_job_says_of_it(executions: dict[Any, Ended], name: str) -> None:
    """Without its scope a forced run would reuse results, and without its cost a task would have no time limit."""
    sent = executions["scoped"].sent[name]
    expected = {field: SCOPED[field] for field in ("scope", "media", "cost")}
    assert {field: sent.get(field) for field in expected} == expected
    assert set(sent) >= {"schema_version", "task_token"}
    assert sent["schema_version"] == SCHEMA_VERSION


def test_the_chunks_that_were_planned_are_analysed_and_no_others(executions: dict[Any, Ended]) -> None:
    (replanned,) = run_executions([{}], {"chunks": CHUNKS[:1]})
    assert replanned.attempts.count("analyze_chunk") == len(CHUNKS)
    (planned_before,) = run_executions([{}], {"transcribe": False, "plan_key": "p", "chunks": CHUNKS[:2]})
    assert planned_before.attempts.count("analyze_chunk") == 2
    assert planned_before.sent["analyze_chunk"]["inputs"] == {"plan": "p"}
    assert planned_before.sent["MergeChunks"]["plan_key"] == "p"


def test_the_cause_of_a_failed_chunk_is_short_because_all_of_them_fit_into_one_state(
    executions: dict[Any, Ended],
) -> None:
    """A state has at most 256 KiB; a video of a day has hundreds of chunks."""
    merged = MergeChunksEvent.model_validate(executions["long cause"].sent["MergeChunks"])
    assert {len(chunk.cause or "") for chunk in merged.chunks} == {200}


def test_a_task_is_sent_the_results_of_the_steps_before_it(executions: dict[Any, Ended]) -> None:
    sent = executions["succeeds"].sent
    assert sent["PlanChunks"]["keys"] == {task: f"{task}.json" for task in CAUGHT_BY_BRANCH}
    assert sent["analyze_chunk"]["inputs"] == {"plan": "plan.json"}
    assert sent["embed_segments"]["inputs"] == {"documents": "documents.json"}
    assert sent["PublishDocuments"]["documents_key"] == "documents.json"
    assert sent["PublishDocuments"]["embeddings_key"] == "embed_segments.json"
    assert {task: sent[task]["options"] for task in TASKS} == {task: {"of": task} for task in TASKS}


@pytest.mark.parametrize(("name", "error"), retried())
def test_a_temporary_error_is_retried_and_the_analysis_continues(
    executions: dict[Any, Ended], name: str, error: str
) -> None:
    ended, undisturbed = executions["once", name, error], executions["succeeds"]
    assert ended.status == "SUCCEEDED"
    assert ended.attempts.count(name) == undisturbed.attempts.count(name) + 1


@pytest.mark.parametrize(("name", "error"), [c for c in retried() if c[0] not in CAUGHT])
def test_an_error_that_does_not_pass_is_given_up_after_a_number_of_attempts(
    executions: dict[Any, Ended], name: str, error: str
) -> None:
    ended = executions["always", name, error]
    assert (ended.status, ended.error) == ("FAILED", error)
    assert ended.attempts.count(name) == ATTEMPTS_MAX[name]
    assert ended.attempts.count("FailAnalysis") == 1


@pytest.mark.parametrize(("name", "error"), [c for c in final() if c[0] not in CAUGHT])
def test_an_error_that_would_come_again_is_not_retried_and_is_recorded(
    executions: dict[Any, Ended], name: str, error: str
) -> None:
    ended = executions["final", name, error]
    assert (ended.status, ended.error) == ("FAILED", error)
    assert ended.attempts.count(name) == 1
    failure = FailAnalysisEvent.model_validate(ended.sent["FailAnalysis"])
    assert (failure.error, failure.cause, failure.video_id) == (error, f"cause of {error}", "v")


@pytest.mark.parametrize("error", [*TASK_ERRORS, *FINAL_ERRORS])
def test_a_chunk_that_fails_does_not_fail_the_others(executions: dict[Any, Ended], error: str) -> None:
    kind = "always" if error in TASK_ERRORS else "final"
    ended = executions[kind, CAUGHT_BY_CHUNK, error]
    assert ended.status == "SUCCEEDED"
    assert ended.attempts.count(CAUGHT_BY_CHUNK) == len(CHUNKS) * (
        ATTEMPTS_MAX[CAUGHT_BY_CHUNK] if kind == "always" else 1
    )
    merged = MergeChunksEvent.model_validate(ended.sent["MergeChunks"])
    assert [(c.chunk, c.error, c.cause) for c in merged.chunks] == [(n, error, f"cause of {error}") for n in range(3)]


@pytest.mark.parametrize("name", CAUGHT_BY_BRANCH)
@pytest.mark.parametrize("error", [*TASK_ERRORS, *FINAL_ERRORS])
def test_a_task_that_fails_leaves_the_results_of_the_other_branches(
    executions: dict[Any, Ended], name: str, error: str
) -> None:
    kind = "always" if error in TASK_ERRORS else "final"
    ended = executions[kind, name, error]
    assert ended.status == "SUCCEEDED"
    assert ended.attempts.count(name) == (ATTEMPTS_MAX[name] if kind == "always" else 1)
    keys = PlanChunksEvent.model_validate(ended.sent["PlanChunks"]).keys
    failure = TaskFailure(error=error, cause=f"cause of {error}")
    others = {task: f"{task}.json" for task in CAUGHT_BY_BRANCH if task != name}
    assert keys == PlanInputs.model_validate({**others, f"{name}_failure": failure})


@pytest.mark.parametrize("name", ["transcribe_speech", "detect_shots"])
@pytest.mark.parametrize("error", FILE_ERRORS)
def test_a_fault_of_the_file_fails_the_analysis(executions: dict[Any, Ended], name: str, error: str) -> None:
    ended = executions["file", name, error]
    assert (ended.status, ended.error) == ("FAILED", error)
    failure = FailAnalysisEvent.model_validate(ended.sent["FailAnalysis"])
    assert (failure.error, failure.cause) == (error, f"cause of {error}")


@pytest.mark.parametrize("error", FILE_ERRORS)
def test_subtitles_that_cannot_be_read_leave_speech_and_pictures(executions: dict[Any, Ended], error: str) -> None:
    ended = executions["file", "read_subtitles", error]
    assert ended.status == "SUCCEEDED"
    assert PlanChunksEvent.model_validate(ended.sent["PlanChunks"]).keys.read_subtitles_failure is not None


def test_an_analysis_without_speech_and_shots_fails_with_the_reason_of_the_speech(
    executions: dict[Any, Ended],
) -> None:
    ended = executions["speech and shots"]
    assert (ended.status, ended.error) == ("FAILED", "EngineUnavailable")
    assert "PlanChunks" not in ended.attempts


def test_the_results_of_the_other_chunks_are_merged(executions: dict[Any, Ended]) -> None:
    merged = MergeChunksEvent.model_validate(executions["one chunk"].sent["MergeChunks"])
    assert sorted(c.error or "" for c in merged.chunks) == ["", "", "BadMedia"]
    assert [c.results for c in merged.chunks if c.error is None] == [{"analyze_chunk": "analyze_chunk.json"}] * 2


@pytest.mark.parametrize("error", FUNCTION_ERRORS)
def test_recording_a_failure_is_retried_too(executions: dict[Any, Ended], error: str) -> None:
    ended = executions["record", error]
    assert (ended.status, ended.error) == ("FAILED", "BadMedia")
    assert ended.attempts.count("FailAnalysis") == 2


def test_a_failure_that_cannot_be_recorded_ends_the_execution_after_seven_attempts(
    executions: dict[Any, Ended],
) -> None:
    """The sweep of analyses records it: its run is still open."""
    ended = executions["unrecorded"]
    assert (ended.status, ended.attempts.count("FailAnalysis")) == ("FAILED", 7)


def test_a_map_that_cannot_begin_is_caught_and_recorded() -> None:
    """Only its chunks are caught one by one; what fails before them is caught by the state itself."""
    (ended,) = run_executions([{}], {"transcribe": False, "plan_key": "p", "chunks_at_once": "many"})
    assert ended.status == "FAILED"
    assert (ended.attempts.count("analyze_chunk"), ended.attempts.count("FailAnalysis")) == (0, 1)


def test_each_retry_and_each_catch_of_the_state_machine_is_exercised_above() -> None:
    named = {"FailAnalysis": FUNCTION_ERRORS, **RETRIED}
    for name, state in states(analyze_video()):
        if state["Type"] == "Task":
            step = state["Arguments"].get("MessageBody", {}).get("task", name)
            (retry,) = state["Retry"]
            assert sorted(retry["ErrorEquals"]) == sorted(named[step]), name
        caught = [error for catch in state.get("Catch", ()) for error in catch["ErrorEquals"]]
        assert caught in ([], ["States.ALL"], [*FILE_ERRORS, "States.ALL"]), name


@pytest.mark.parametrize(
    ("job", "skipped"),
    [
        ({"transcribe": False, "plan_key": "p", "chunks": CHUNKS}, {*CAUGHT_BY_BRANCH, "PlanChunks"}),
        ({"read_subtitles": False}, {"read_subtitles"}),
        ({"analyze_chunks": False}, {"analyze_chunk", "MergeChunks"}),
        ({"embed": False}, {"BuildDocuments", "embed_segments", "PublishDocuments"}),
    ],
)
def test_a_step_that_the_job_does_not_need_is_skipped(job: dict[str, Any], skipped: set[str]) -> None:
    (ended,) = run_executions([{}], job)
    assert ended.status == "SUCCEEDED"
    assert set(ended.attempts) == {*FUNCTIONS, *TASKS} - skipped


@pytest.mark.parametrize(("priority", "queue"), [("live", "TaskQueueUrl"), ("bulk", "BulkTaskQueueUrl")])
def test_every_task_is_sent_to_the_queue_of_its_priority_in_the_group_of_its_account(priority: str, queue: str) -> None:
    (ended,) = run_executions([{}], {"priority": priority})
    assert ended.queues == dict.fromkeys(TASKS, (queue, "a"))
