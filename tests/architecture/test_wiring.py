"""The template, the state machine and the code speak of the same things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from cinedex.analysis.domain.task_message import TaskMessage
from cinedex.kernel.errors import StaleRevision, Unavailable
from cinedex.library.usecases import fail_upload

from tests.architecture.tree import files, python_path_of
from tests.support.template import (
    FUNCTION,
    REPOSITORY,
    STATE_MACHINE,
    analyze_video,
    entry_point,
    placeholders,
    resource,
    resources,
    states,
    strings,
)

MACHINE = "AnalyzeVideo"
INVOKE = "arn:aws:states:::lambda:invoke"
SEND = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"

REFERENCES = {
    "account_id", "video_id", "run_id", "scope",  # whose
    "media", "plan_key", "documents_key", "embeddings_key", "embed_segments", "results",  # where it lies
    "part", "parts", "index",  # which part: indexes and times
    "transcribe_speech", "detect_shots", "analyze_chunk",  # options of tasks
    "transcribe", "watch", "embed",  # switches
    "work", "input", "Payload", "Token", "Value", "Input", "Error", "Cause", "error", "cause",
}  # fmt: skip
"""All that may be handed from state to state; findings are not among it."""


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def modules_of_template() -> dict[str, str]:
    """Logical ids of functions to the modules that they run."""
    modules = {}
    for name, function in resources(FUNCTION).items():
        streaming = function.get("Metadata", {}).get("StreamingApp")
        modules[name] = streaming.split(":")[0] if streaming else entry_point(function).rsplit(".", 1)[0]
    return modules


def modules_of_tree() -> set[str]:
    """`functions/x.py` and `functions/x/app.py`: the listing is the list of functions."""
    found = (re.fullmatch(r"functions/(\w+(?:/app)?)\.py", path) for path in files())
    return {f"functions.{m[1].replace('/', '.')}" for m in found if m and not m[1].startswith("_")}


def test_every_function_of_the_tree_is_deployed_and_every_deployed_one_exists() -> None:
    deployed = {m for m in modules_of_template().values() if m.startswith("functions.")}
    assert deployed == modules_of_tree()


@pytest.mark.parametrize(("name", "module"), list(modules_of_template().items()))
def test_a_function_of_the_template_is_named_after_its_module(name: str, module: str) -> None:
    assert python_path_of(module).is_file()
    assert snake(name.removesuffix("Function")) in module.split(".")


@pytest.mark.parametrize("name", modules_of_template())
def test_a_script_that_a_function_starts_is_there_and_may_be_run(name: str) -> None:
    entry = entry_point(resource(name))
    script = REPOSITORY / entry
    assert not entry.endswith(".sh") or script.stat().st_mode & 0o111


def test_every_placeholder_of_the_machine_is_substituted_and_no_other() -> None:
    substituted = resource(MACHINE)["Properties"]["DefinitionSubstitutions"]
    assert set(substituted) == placeholders(analyze_video())


def test_there_is_one_machine_and_it_is_the_file() -> None:
    assert list(resources(STATE_MACHINE)) == [MACHINE]
    assert (REPOSITORY / resource(MACHINE)["Properties"]["DefinitionUri"]).is_file()


def lambda_states() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((n, s) for n, s in states(analyze_video()) if s.get("Resource") == INVOKE)


def task_states() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((n, s) for n, s in states(analyze_video()) if s.get("Resource") == SEND)


@pytest.mark.parametrize("name", [n for n, _ in lambda_states()])
def test_a_state_with_code_runs_the_function_of_its_name(name: str) -> None:
    state = dict(lambda_states())[name]
    assert state["Arguments"]["FunctionName"] == f"${{{name}FunctionArn}}"
    substituted = resource(MACHINE)["Properties"]["DefinitionSubstitutions"][f"{name}FunctionArn"]
    assert substituted == {"Fn::GetAtt": f"{name}Function.Arn"}
    assert entry_point(resource(f"{name}Function")) == f"functions.{snake(name)}.handler"


def test_the_machine_may_invoke_its_functions_and_no_others() -> None:
    allowed = {
        policy["LambdaInvokePolicy"]["FunctionName"]["Ref"]
        for policy in resource(MACHINE)["Properties"]["Policies"]
        if "LambdaInvokePolicy" in policy
    }
    assert allowed == {f"{name}Function" for name, _ in lambda_states()}


@pytest.mark.parametrize("name", [n for n, _ in task_states()])
def test_a_state_without_code_asks_for_the_task_of_its_name(name: str) -> None:
    message = dict(task_states())[name]["Arguments"]["MessageBody"]
    assert message["task"] == snake(name)
    assert (REPOSITORY / "gpu_tasks" / snake(name) / "task.py").is_file()


def test_every_task_that_workers_know_is_asked_for() -> None:
    known = set(TaskMessage.model_json_schema()["properties"]["task"]["enum"])
    assert known == {snake(name) for name, _ in task_states()}


@pytest.mark.parametrize("name", [n for n, s in states(analyze_video()) if s["Type"] in ("Task", "Map", "Parallel")])
def test_only_references_travel_between_states(name: str) -> None:
    state = dict(states(analyze_video()))[name]
    handed = {k: v for k, v in state.items() if k in ("Arguments", "Assign", "Output", "Items", "ItemSelector")}
    expressions = [e for text in strings(handed) for e in re.findall(r"\{%(.*?)%\}", text)]
    named = {path.split(".")[-1] for e in expressions for path in re.findall(r"\$[A-Za-z_][\w.]*", e)}
    assert named - {"$merge", "$substring", "$work", "$parts", "$plan_key"} <= REFERENCES


PASSING = {"Lambda.TooManyRequestsException", "ClientError", StaleRevision.__name__, Unavailable.__name__}


@pytest.mark.parametrize("name", [n for n, _ in lambda_states()])
def test_a_state_that_stumbles_over_what_passes_is_tried_again(name: str) -> None:
    (retry,) = dict(lambda_states())[name]["Retry"]
    assert set(retry["ErrorEquals"]) >= PASSING


@pytest.mark.parametrize("name", [n for n, _ in lambda_states()])
def test_what_a_state_retries_does_not_fail_an_upload(name: str) -> None:
    (retry,) = dict(lambda_states())[name]["Retry"]
    assert {e for e in retry["ErrorEquals"] if not e.startswith("Lambda.")} <= fail_upload.PASSING


@pytest.mark.parametrize("name", ["OnMediaCreatedFunction", "FetchMediaFunction"])
def test_a_video_says_so_when_the_retries_of_its_upload_are_used_up(name: str) -> None:
    config = resource(name)["Properties"]["EventInvokeConfig"]
    assert config["MaximumRetryAttempts"] > 0
    assert config["DestinationConfig"]["OnFailure"] == {
        "Type": "Lambda",
        "Destination": {"Fn::GetAtt": "OnUploadFailedFunction.Arn"},
    }


@pytest.mark.parametrize("name", [n for n, _ in task_states()])
def test_only_a_full_memory_a_fault_of_ours_and_the_queue_make_a_task_come_again(name: str) -> None:
    (retry,) = dict(task_states())[name]["Retry"]
    assert {e for e in retry["ErrorEquals"] if not e.startswith("SQS.")} == {"OutOfMemory", "UnexpectedError"}


@pytest.mark.parametrize("name", ["LibraryApiFunction", "FetchMediaFunction"])
def test_who_removes_a_file_may_remove_its_versions_and_unfinished_uploads(name: str) -> None:
    policies = [p for p in resource(name)["Properties"]["Policies"] if "Statement" in p]
    allowed = {action for p in policies for s in p["Statement"] for action in s["Action"]}
    assert allowed >= {
        "s3:ListBucketVersions",
        "s3:ListBucketMultipartUploads",
        "s3:DeleteObjectVersion",
        "s3:AbortMultipartUpload",
    }


@pytest.mark.parametrize(
    "name", [n for n, s in analyze_video()["States"].items() if s["Type"] in ("Task", "Map", "Parallel")]
)
def test_whatever_fails_ends_where_the_failure_is_told(name: str) -> None:
    state = analyze_video()["States"][name]
    if name == "FailAnalysis":
        assert state["Next"] == "Failed"
    else:
        assert [(c["ErrorEquals"], c["Next"]) for c in state["Catch"]] == [(["States.ALL"], "FailAnalysis")]


def test_every_state_can_be_reached() -> None:
    machine = analyze_video()
    following: dict[str, set[str]] = {}
    for name, state in machine["States"].items():
        targets = [state.get("Next"), state.get("Default")]
        targets += [c["Next"] for c in (*state.get("Choices", ()), *state.get("Catch", ()))]
        following[name] = {t for t in targets if t}
    reached, waiting = set(), {machine["StartAt"]}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= following[name] - reached
    assert reached == set(machine["States"])


def test_only_images_bring_more_than_the_layer() -> None:
    """What needs FFmpeg, NumPy or a model says so by being an image."""
    images = {n for n, f in resources(FUNCTION).items() if f["Properties"].get("PackageType") == "Image"}
    assert images == {
        "EmbedQueryFunction",
        "AnalyzeFramesFunction",
        "OnMediaCreatedFunction",
        "ResumeAnalysesFunction",
        "DetectInVideoFunction",
    }
