"""The template, the state machine and the code name the same functions, states, tasks and payload keys."""

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
    ANALYZE_VIDEO,
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
    "account_id", "video_id", "run_id", "scope",  # ids
    "media", "plan_key", "documents_key", "embeddings_key", "embed_segments", "results",  # keys of objects
    "chunk", "chunks", "index",  # chunks: indexes and times
    "transcribe_speech", "detect_shots", "read_subtitles", "analyze_chunk",  # options of tasks
    "transcribe", "analyze_chunks", "embed", "priority", "cost",  # switches, and two numbers
    "job", "input", "Payload", "Token", "Value", "Input", "Error", "Cause", "error", "cause",
}  # fmt: skip
"""Every name that a payload between states may have; results of models are not among them."""


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def modules_of_template() -> dict[str, str]:
    """Logical id of each function -> module of its handler."""
    modules = {}
    for name, function in resources(FUNCTION).items():
        streaming = function.get("Metadata", {}).get("StreamingApp")
        modules[name] = streaming.split(":")[0] if streaming else entry_point(function).rsplit(".", 1)[0]
    return modules


FOLDERS = ("functions", "gpu_tasks/functions")
"""The folders of the entry points: one file per Lambda function."""


def entries(folder: str) -> set[str]:
    """Names of everything that is directly inside the folder, except `__init__.py`."""
    inside = (path.removeprefix(f"{folder}/") for path in files() if path.startswith(f"{folder}/"))
    return {path.split("/", 1)[0] for path in inside} - {"__init__.py"}


def modules_of_tree() -> set[str]:
    """The module of every Python file in the two folders."""
    return {
        f"{folder}/{name}".removesuffix(".py").replace("/", ".")
        for folder in FOLDERS
        for name in entries(folder)
        if name.endswith(".py")
    }


def test_each_file_in_functions_is_one_function_of_the_template() -> None:
    deployed = list(modules_of_template().values())
    assert sorted(deployed) == sorted(modules_of_tree())


def test_functions_holds_the_handlers_their_start_script_and_the_makefile_and_nothing_else() -> None:
    assert {name for name in entries("functions") if not name.endswith(".py")} == {"Makefile", "chat_stream.sh"}
    assert {name for name in entries("gpu_tasks/functions") if not name.endswith(".py")} == set()


@pytest.mark.parametrize(("name", "module"), list(modules_of_template().items()))
def test_a_function_of_the_template_is_named_after_its_module(name: str, module: str) -> None:
    assert python_path_of(module).is_file()
    assert snake(name.removesuffix("Function")) in module.split(".")


@pytest.mark.parametrize("name", modules_of_template())
def test_the_start_script_of_a_function_is_executable(name: str) -> None:
    entry = entry_point(resource(name))
    script = REPOSITORY / entry
    assert not entry.endswith(".sh") or script.stat().st_mode & 0o111


def test_the_template_substitutes_exactly_the_placeholders_of_the_state_machine() -> None:
    substituted = resource(MACHINE)["Properties"]["DefinitionSubstitutions"]
    assert set(substituted) == placeholders(analyze_video())


def test_the_template_has_one_state_machine_and_its_definition_exists() -> None:
    assert list(resources(STATE_MACHINE)) == [MACHINE]
    assert (REPOSITORY / resource(MACHINE)["Properties"]["DefinitionUri"]).is_file()


def lambda_states() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((n, s) for n, s in states(analyze_video()) if s.get("Resource") == INVOKE)


def task_states() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((n, s) for n, s in states(analyze_video()) if s.get("Resource") == SEND)


@pytest.mark.parametrize("name", [n for n, _ in lambda_states()])
def test_a_lambda_state_invokes_the_function_of_its_name(name: str) -> None:
    state = dict(lambda_states())[name]
    assert state["Arguments"]["FunctionName"] == f"${{{name}FunctionArn}}"
    substituted = resource(MACHINE)["Properties"]["DefinitionSubstitutions"][f"{name}FunctionArn"]
    assert substituted == {"Fn::GetAtt": f"{name}Function.Arn"}
    assert entry_point(resource(f"{name}Function")) == f"functions.{snake(name)}.handler"


def test_the_state_machine_may_invoke_its_functions_and_no_others() -> None:
    allowed = {
        policy["LambdaInvokePolicy"]["FunctionName"]["Ref"]
        for policy in resource(MACHINE)["Properties"]["Policies"]
        if "LambdaInvokePolicy" in policy
    }
    assert allowed == {f"{name}Function" for name, _ in lambda_states()}


@pytest.mark.parametrize("name", [n for n, _ in task_states()])
def test_a_task_state_sends_the_task_of_its_name(name: str) -> None:
    message = dict(task_states())[name]["Arguments"]["MessageBody"]
    assert message["task"] == snake(name)
    assert (REPOSITORY / "gpu_tasks" / snake(name) / "task.py").is_file()


def test_the_state_machine_sends_every_task_of_the_schema() -> None:
    tasks = set(TaskMessage.model_json_schema()["properties"]["task"]["enum"])
    assert tasks == {snake(name) for name, _ in task_states()}


@pytest.mark.parametrize("name", [n for n, s in states(analyze_video()) if s["Type"] in ("Task", "Map", "Parallel")])
def test_only_references_are_passed_between_states(name: str) -> None:
    state = dict(states(analyze_video()))[name]
    payloads = {k: v for k, v in state.items() if k in ("Arguments", "Assign", "Output", "Items", "ItemSelector")}
    expressions = [e for text in strings(payloads) for e in re.findall(r"\{%(.*?)%\}", text)]
    names = {path.split(".")[-1] for e in expressions for path in re.findall(r"\$[A-Za-z_][\w.]*", e)}
    assert names - {"$merge", "$substring", "$exists", "$job", "$chunks", "$plan_key"} <= REFERENCES


RETRYABLE = {"Lambda.TooManyRequestsException", "ClientError", StaleRevision.__name__, Unavailable.__name__}


@pytest.mark.parametrize("name", [n for n, _ in lambda_states()])
def test_a_lambda_state_retries_temporary_errors(name: str) -> None:
    (retry,) = dict(lambda_states())[name]["Retry"]
    assert set(retry["ErrorEquals"]) >= RETRYABLE


@pytest.mark.parametrize("name", [n for n, _ in lambda_states()])
def test_an_error_that_a_state_retries_does_not_fail_an_upload(name: str) -> None:
    (retry,) = dict(lambda_states())[name]["Retry"]
    assert {e for e in retry["ErrorEquals"] if not e.startswith("Lambda.")} <= fail_upload.TRANSIENT_ERRORS


@pytest.mark.parametrize("name", ["OnMediaCreatedFunction", "FetchMediaFunction"])
def test_lambda_invokes_on_upload_failed_when_the_retries_of_an_upload_are_used_up(name: str) -> None:
    config = resource(name)["Properties"]["EventInvokeConfig"]
    assert config["MaximumRetryAttempts"] > 0
    assert config["DestinationConfig"]["OnFailure"] == {
        "Type": "Lambda",
        "Destination": {"Fn::GetAtt": "OnUploadFailedFunction.Arn"},
    }


QUEUES = {"TaskQueueUrl": "TaskQueue", "BulkTaskQueueUrl": "BulkTaskQueue"}


@pytest.mark.parametrize("name", [n for n, _ in task_states()])
def test_a_task_state_selects_the_queue_by_priority_and_the_message_group_by_account(name: str) -> None:
    arguments = dict(task_states())[name]["Arguments"]
    match = re.fullmatch(
        r"\{% (\$[\w.]+)\.priority = 'bulk' \? '\$\{BulkTaskQueueUrl\}' : '\$\{TaskQueueUrl\}' %\}",
        arguments["QueueUrl"],
    )
    assert match
    assert arguments["MessageGroupId"] == f"{{% {match[1]}.account_id %}}"


def test_the_state_machine_may_send_to_both_queues() -> None:
    properties = resource(MACHINE)["Properties"]
    for placeholder, queue in QUEUES.items():
        assert properties["DefinitionSubstitutions"][placeholder] == {"Ref": queue}
        name = {"Fn::GetAtt": f"{queue}.QueueName"}
        assert {"SQSSendMessagePolicy": {"QueueName": name}} in properties["Policies"]


def test_a_worker_reads_both_queues_and_may_use_them() -> None:
    (container,) = resource("WorkerTask")["Properties"]["ContainerDefinitions"]
    environment = {v["Name"]: v["Value"] for v in container["Environment"]}
    assert environment["TASK_QUEUE_URL"] == {"Ref": "TaskQueue"}
    assert environment["BULK_TASK_QUEUE_URL"] == {"Ref": "BulkTaskQueue"}
    statements = resource("WorkerRole")["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (queues,) = [s for s in statements if "sqs:ReceiveMessage" in s["Action"]]
    assert {"sqs:DeleteMessage", "sqs:ChangeMessageVisibility"} <= set(queues["Action"])
    assert queues["Resource"] == [{"Fn::GetAtt": f"{queue}.Arn"} for queue in QUEUES.values()]
    (answers,) = [s for s in statements if "states:SendTaskSuccess" in s["Action"]]
    assert set(answers["Action"]) == {"states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"}


@pytest.mark.parametrize("name", [n for n, _ in task_states()])
def test_a_task_waits_thirteen_days_and_its_queue_keeps_the_message_for_longer(name: str) -> None:
    kept_s = [resource(queue)["Properties"]["MessageRetentionPeriod"] for queue in QUEUES.values()]
    assert 13 * 86_400 == dict(task_states())[name]["TimeoutSeconds"] < min(kept_s)


def test_an_alarm_is_raised_when_live_tasks_wait_for_capacity() -> None:
    alarm = resource("TasksWaitForCapacity")["Properties"]
    assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": "TaskQueue.QueueName"}}]
    assert alarm["Threshold"] == 15 * 60


@pytest.mark.parametrize("alarm", ["QueueNotEmpty", "QueueIdle"])
def test_the_workers_are_scaled_by_both_queues(alarm: str) -> None:
    metrics = resource(alarm)["Properties"]["Metrics"]
    measured = [m["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Fn::GetAtt"] for m in metrics if "MetricStat" in m]
    assert set(measured) == {f"{queue}.QueueName" for queue in QUEUES.values()}
    (total,) = [m for m in metrics if "Expression" in m]
    assert total["Expression"].split(" + ") == [m["Id"] for m in metrics if "MetricStat" in m]


def test_a_run_has_no_more_chunks_in_the_queue_than_there_are_workers() -> None:
    assert analyze_video()["States"]["AnalyzeChunks"]["MaxConcurrency"] == "{% $job.chunks_at_once %}"
    variables = resource("BeginAnalysisFunction")["Properties"]["Environment"]["Variables"]
    assert variables["ANALYSIS_CHUNKS_AT_ONCE"] == {"Ref": "WorkersMax"}
    assert resource("WorkerScaling")["Properties"]["MaxCapacity"] == {"Ref": "WorkersMax"}


@pytest.mark.parametrize("name", [n for n, _ in task_states()])
def test_a_task_state_retries_out_of_memory_internal_errors_and_errors_of_sqs(name: str) -> None:
    (retry,) = dict(task_states())[name]["Retry"]
    assert {e for e in retry["ErrorEquals"] if not e.startswith("SQS.")} == {"OutOfMemory", "UnexpectedError"}


@pytest.mark.parametrize("name", ["LibraryApiFunction", "FetchMediaFunction"])
def test_a_function_that_deletes_a_file_may_delete_its_versions_and_multipart_uploads(name: str) -> None:
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
def test_every_failure_leads_to_fail_analysis(name: str) -> None:
    state = analyze_video()["States"][name]
    if name == "FailAnalysis":
        assert state["Next"] == "Failed"
    else:
        assert [(c["ErrorEquals"], c["Next"]) for c in state["Catch"]] == [(["States.ALL"], "FailAnalysis")]


def test_an_error_without_a_cause_is_recorded_like_any_other() -> None:
    """States.Timeout has none, and JSONata that is undefined would fail the state that records the error."""
    text = ANALYZE_VIDEO.read_text(encoding="utf-8")
    guarded = "$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : $states.errorOutput.Error"
    assert "errorOutput.Cause" not in text.replace(guarded, "")
    assert text.count(guarded) == 7


def test_every_state_can_be_reached() -> None:
    machine = analyze_video()
    following: dict[str, set[str]] = {}
    for name, state in machine["States"].items():
        targets = [state.get("Next"), state.get("Default")]
        targets += [c["Next"] for c in (*state.get("Choices", ()), *state.get("Catch", ()))]
        following[name] = {t for t in targets if t}
    reached, pending = set(), {machine["StartAt"]}
    while pending:
        name = pending.pop()
        reached.add(name)
        pending |= following[name] - reached
    assert reached == set(machine["States"])


def test_exactly_the_functions_with_ffmpeg_or_a_model_are_container_images() -> None:
    images = {n for n, f in resources(FUNCTION).items() if f["Properties"].get("PackageType") == "Image"}
    assert images == {
        "EmbedQueryFunction",
        "AnalyzeFramesFunction",
        "OnMediaCreatedFunction",
        "OnDropCreatedFunction",
        "ResumeAnalysesFunction",
        "DetectInVideoFunction",
    }
