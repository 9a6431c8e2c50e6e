"""`StepFunctionsTaskCallback`: which answers of Step Functions mean that the execution no longer waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from cinedex.adapters.stepfunctions.task_callback import CAUSE_LENGTH_MAX, StepFunctionsTaskCallback
from cinedex.analysis.domain.task_message import TaskResult

Call = Callable[[StepFunctionsTaskCallback], bool]
CALLS: dict[str, Call] = {
    "send_task_success": lambda callback: callback.succeed("token", TaskResult(results={"read_text": "key"})),
    "send_task_failure": lambda callback: callback.fail("token", "CorruptMedia", "The file cannot be decoded."),
    "send_task_heartbeat": lambda callback: callback.keep_alive("token"),
}


@pytest.fixture
def callback(aws: None) -> StepFunctionsTaskCallback:
    return StepFunctionsTaskCallback()


def stubbed(callback: StepFunctionsTaskCallback) -> Stubber:
    return Stubber(callback._client)


@pytest.mark.parametrize("name", CALLS)
def test_an_accepted_answer_is_true(callback: StepFunctionsTaskCallback, name: str) -> None:
    with stubbed(callback) as answers:
        answers.add_response(name, {})
        assert CALLS[name](callback) is True


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("code", ["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"])
def test_a_task_that_has_ended_is_false(callback: StepFunctionsTaskCallback, name: str, code: str) -> None:
    with stubbed(callback) as answers:
        answers.add_client_error(name, code)
        assert CALLS[name](callback) is False


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "KmsAccessDeniedException", "InvalidOutput", "UnrecognizedClientException"]
)
def test_any_other_error_is_raised_so_that_finished_work_is_not_discarded(
    callback: StepFunctionsTaskCallback, name: str, code: str
) -> None:
    with stubbed(callback) as answers:
        answers.add_client_error(name, code, http_status_code=400)
        with pytest.raises(ClientError):
            CALLS[name](callback)


def test_a_long_cause_is_cut_to_what_step_functions_accepts(callback: StepFunctionsTaskCallback) -> None:
    sent: dict[str, Any] = {"taskToken": "token", "error": "E" * 256, "cause": "c" * CAUSE_LENGTH_MAX}
    with stubbed(callback) as answers:
        answers.add_response("send_task_failure", {}, sent)
        assert callback.fail("token", "E" * 300, "c" * 40_000)


def test_a_success_sends_the_result_as_json(callback: StepFunctionsTaskCallback) -> None:
    with stubbed(callback) as answers:
        answers.add_response("send_task_success", {}, {"taskToken": "token", "output": ANY})
        assert callback.succeed("token", TaskResult(results={}))
