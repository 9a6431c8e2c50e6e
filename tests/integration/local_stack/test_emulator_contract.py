"""The patches fit the emulator that is installed: every symbol they touch exists in the pinned version."""

from __future__ import annotations

import subprocess

import pytest

from local.emulator import PINNED_VERSION
from local.emulator.launch import PYTHON
from local.emulator.patches import LARGE_SERVICES

PATCHED = [
    "ministack.app:app",
    "ministack.app:main",
    "ministack.app:save_all",
    "ministack.app:_build_persistence_save_dict",
    "ministack.core.persistence:save_state",
    "ministack.core.persistence:_state_format_version",
    "ministack.core.persistence:_json_default",
    "ministack.core.lambda_runtime:Worker._drain_stderr_bounded",
    "ministack.core.lambda_runtime:reset",
    "ministack.core.responses:AccountRegionScopedDict",
    "ministack.services.lambda_svc:_emit_lambda_logs",
    "ministack.services.eventbridge:_dispatch_to_lambda",
    "ministack.services.lambda_svc:_emit_lambda_metrics",
    "ministack.services.lambda_svc:_execution_record_for_config",
    "ministack.services.lambda_svc:_get_func_record_for_ref",
    "ministack.services.lambda_svc:invoke_async_with_retry",
    "ministack.services.s3:_get_object",
    "ministack.services.s3:_object_disk_path",
    "ministack.services.s3:_read_body",
    "ministack.services.stepfunctions:_executions._data",
    "ministack.services.stepfunctions:_run_sub_machine",
    "ministack.services.stepfunctions:_executions.all_values",
    *(f"ministack.services.{service}:get_state" for service in LARGE_SERVICES),
]


def in_emulator(code: str) -> str:
    return subprocess.check_output([str(PYTHON), "-c", code], text=True).strip()


@pytest.mark.parametrize("symbol", PATCHED)
def test_a_patched_symbol_exists(symbol: str) -> None:
    code = f"import pkgutil; print(pkgutil.resolve_name({symbol!r}))"
    assert in_emulator(code)


def test_the_pinned_version_is_installed() -> None:
    assert in_emulator("from importlib.metadata import version; print(version('ministack'))") == PINNED_VERSION


def test_the_wait_for_log_lines_has_the_three_limits_that_are_patched() -> None:
    code = (
        "from ministack.core.lambda_runtime import Worker; import inspect; "
        "print(list(inspect.signature(Worker._drain_stderr_bounded).parameters))"
    )
    assert in_emulator(code) == "['self', 'first_line_wait', 'idle_confirm', 'hard_cap']"


def test_saving_looks_its_function_up_where_it_is_patched() -> None:
    code = "from ministack.core.persistence import save_all; print('save_state' in save_all.__code__.co_names)"
    assert in_emulator(code) == "True"


def test_a_function_that_an_event_invokes_is_retried_and_its_failure_goes_to_its_destination() -> None:
    code = """
import json, threading
from local.emulator import patches
from ministack.services import eventbridge, lambda_svc

tries, called = [], threading.Event()
arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
config = {"FunctionName": "f", "FunctionArn": arn}
function = {"config": config, "event_invoke_config": {"DestinationConfig": {"OnFailure": {"Destination": "there"}}}}
lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS = 0
lambda_svc._get_func_record_for_ref = lambda _: (function, config, "f")
lambda_svc._execute_function = lambda _, event: tries.append(event) or {"error": True}
lambda_svc._route_async_failure = lambda arn, *_: arn == "there" and called.set()
patches.retry_functions_that_events_invoke()
eventbridge._dispatch_to_lambda(arn, json.dumps({"detail": 1}))
print(called.wait(10), tries)
"""
    assert in_emulator(code) == f"True {[{'detail': 1}] * 3}"


def test_parallel_branches_have_their_own_tokens() -> None:
    """Each branch waits until the other has its token, and then looks at its own again."""
    code = """
import threading
from local.emulator import patches
from ministack.services import stepfunctions as machine

met, tokens = threading.Barrier(2), []

def task(state, data, execution, context):
    context["Task"] = {"Token": state["mine"]}
    met.wait(10)
    tokens.append(context["Task"]["Token"] == state["mine"])
    return data, None

machine._execute_task = task
patches.give_each_branch_its_own_token()
branches = [{"StartAt": "A", "States": {"A": {"Type": "Task", "mine": name, "End": True}}} for name in "xy"]
machine._run_parallel_branches({"Branches": branches}, {}, None, {"State": {}})
print(tokens)
"""
    assert in_emulator(code) == "[True, True]"
