"""The numbers and the protections of the deployment, stated once more: a change of one is made in both places."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cinedex.adapters.dynamodb.events.event_keys import OUTBOX
from cinedex.library.domain.object_keys import DROP
from docker.utils.build import exclude_paths

from functions.on_drop_created import AT_ONCE, RECEIVES_MAX
from local.emulator import outbox_stream
from tests.architecture.test_wiring import lambda_states, task_states
from tests.architecture.tree import python_files
from tests.support.aws_limits import time_to_live_attribute
from tests.support.template import FUNCTION, REPOSITORY, analyze_video, resource, resources, template

SCHEDULES = {
    "ContinueBackfillsFunction": "rate(1 minute)",
    "ManageIndexFunction": "rate(1 minute)",
    "PublishEventsFunction": "rate(1 minute)",
    "ResumeTurnsFunction": "rate(1 minute)",
    "ResumeAnalysesFunction": "rate(10 minutes)",
    "SweepDeletionsFunction": "rate(10 minutes)",
}
TIMEOUTS_S = {
    "AuthorizeRequestFunction": 10,
    "LibraryApiFunction": 29,  # API Gateway answers 503 after 30 s
    "ChatApiFunction": 29,
    "ChatStreamFunction": 300,
    "ResumeTurnsFunction": 300,
    "EmbedQueryFunction": 30,
    "DetectInVideoFunction": 25,  # below that of the function that waits for it
    "AnalyzeFramesFunction": 25,
    "OnMediaCreatedFunction": 120,
    "OnDropCreatedFunction": 120,
    "ContinueBackfillsFunction": 120,
    "FetchMediaFunction": 900,
    "OnUploadFailedFunction": 30,
    "ResumeAnalysesFunction": 300,
    "SweepDeletionsFunction": 360,
    "BeginAnalysisFunction": 60,
    "PlanChunksFunction": 120,
    "MergeChunksFunction": 300,
    "BuildDocumentsFunction": 120,
    "PublishDocumentsFunction": 120,
    "FinishAnalysisFunction": 60,
    "FailAnalysisFunction": 60,
    "ManageIndexFunction": 900,
    "OnTaskDeadLetteredFunction": 30,
    "PublishEventsFunction": 60,
    "DeliverWebhookFunction": 30,
}
RETRY_OF_FUNCTIONS = {
    "IntervalSeconds": 1,
    "BackoffRate": 2,
    "MaxAttempts": 6,
    "MaxDelaySeconds": 30,
    "JitterStrategy": "FULL",
}
RETRY_OF_TASKS = {"IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 3, "JitterStrategy": "FULL"}
TASK_TIMEOUT_S = 13 * 86_400
TASK_QUEUE = {
    "VisibilityTimeout": 30,
    "MessageRetentionPeriod": 14 * 86_400,  # longer than a task may wait
    "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": "TaskDeadLetterQueue.Arn"}, "maxReceiveCount": 5},
}
QUEUES = {
    "TaskQueue": TASK_QUEUE,
    "BulkTaskQueue": TASK_QUEUE,
    "TaskDeadLetterQueue": {"MessageRetentionPeriod": 14 * 86_400},
    "DropQueue": {
        "VisibilityTimeout": 360,
        "MessageRetentionPeriod": 14 * 86_400,
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": "DropDeadLetterQueue.Arn"}, "maxReceiveCount": 5},
    },
    "DropDeadLetterQueue": {"MessageRetentionPeriod": 14 * 86_400},
}
CONTEXT_BYTES_MAX = 5_000_000
PUBLIC_ROUTES = {"/health", "/openapi.json", "/api/v2/webhooks/events"}
SECRET_ARNS = {"OpenAiApiKeySecretArn"}
STATEFUL = {"AWS::DynamoDB::Table": {"LibraryTable"}, "AWS::S3::Bucket": {"MediaBucket", "ResultsBucket"}}
"""Types of resources that hold data of users, and the resources of each."""
SCALING = "ApplicationAutoScaling"
WITHOUT_DATA = {"IAM", "SQS", "ECS", "ECR", "EC2", "Logs", "Events", "Serverless", "CloudWatch"} | {
    "ApplicationAutoScaling"
}
"""Services whose resources can be created again without a loss."""
POLICIES = {"AWS::S3::BucketPolicy"}
DROP_EVENTS = ("ObjectCreated", "ObjectRemoved", "LifecycleExpiration")


def events(name: str, kind: str) -> list[dict[str, Any]]:
    found = resource(name)["Properties"].get("Events", {}).values()
    return [event["Properties"] for event in found if event["Type"] == kind]


def environment(name: str) -> dict[str, Any]:
    variables: dict[str, Any] = resource(name)["Properties"]["Environment"]["Variables"]
    return variables


def test_the_sweeps_run_on_their_schedules_and_nothing_else_does() -> None:
    scheduled = {n: [e["ScheduleExpression"] for e in events(n, "ScheduleV2")] for n in resources(FUNCTION)}
    assert {n: e for n, e in scheduled.items() if e} == {n: [rate] for n, rate in SCHEDULES.items()}


def test_functions_have_these_timeouts() -> None:
    default = template()["Globals"]["Function"]["Timeout"]
    assert {n: f["Properties"].get("Timeout", default) for n, f in resources(FUNCTION).items()} == TIMEOUTS_S


def test_only_two_routes_are_open_to_everyone() -> None:
    assert template()["Resources"]["HttpApi"]["Properties"]["Auth"]["DefaultAuthorizer"] == "ApiKeyAuthorizer"
    routes = [event for name in resources(FUNCTION) for event in events(name, "HttpApi")]
    assert {r["Path"] for r in routes if "Auth" in r} == PUBLIC_ROUTES
    assert all(r["Auth"] == {"Authorizer": "NONE"} for r in routes if "Auth" in r)


def test_an_answer_of_the_authorizer_is_never_reused() -> None:
    authorizer = resource("HttpApi")["Properties"]["Auth"]["Authorizers"]["ApiKeyAuthorizer"]
    assert authorizer["Identity"] == {"ReauthorizeEvery": 0}
    assert authorizer["FunctionArn"] == {"Fn::GetAtt": "AuthorizeRequestFunction.Arn"}


def test_no_parameter_is_a_secret_and_the_functions_of_chat_may_read_one_by_its_arn() -> None:
    parameters = template()["Parameters"]
    words = ("key", "secret", "password", "credential")
    assert {n for n in parameters if any(word in n.lower() for word in words)} == SECRET_ARNS
    assert [n for n, p in parameters.items() if p.get("NoEcho")] == []  # `sam deploy --guided` cannot skip one
    (statement,) = resource("OpenAiSecretAccess")["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    assert statement["Resource"] == {"Ref": "OpenAiApiKeySecretArn"}


def test_resources_with_data_are_kept_when_the_stack_is_deleted_or_replaces_them() -> None:
    """A first deployment that fails deletes them: they are empty, and the next one could not adopt them."""
    assert {kind: set(resources(kind)) for kind in STATEFUL} == STATEFUL
    for names in STATEFUL.values():
        for name in names:
            policies = [resource(name).get(policy) for policy in ("DeletionPolicy", "UpdateReplacePolicy")]
            assert policies == ["RetainExceptOnCreate", "Retain"], name


def test_every_type_of_resource_holds_data_or_is_known_to_hold_none() -> None:
    kinds = {r["Type"] for r in template()["Resources"].values()}
    with_data = {k for k in kinds if k.split("::")[1] not in WITHOUT_DATA} - POLICIES
    assert with_data == set(STATEFUL)


@pytest.mark.parametrize("name", ["MediaBucket", "ResultsBucket"])
def test_a_bucket_blocks_public_access(name: str) -> None:
    blocks = resource(name)["Properties"]["PublicAccessBlockConfiguration"]
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    assert blocks == dict.fromkeys(names, True)


@pytest.mark.parametrize(
    ("policy", "bucket"), [("MediaOverTlsOnly", "MediaBucket"), ("ResultsOverTlsOnly", "ResultsBucket")]
)
def test_a_bucket_refuses_requests_without_tls(policy: str, bucket: str) -> None:
    properties = resource(policy)["Properties"]
    (statement,) = properties["PolicyDocument"]["Statement"]
    assert properties["Bucket"] == {"Ref": bucket}
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [{"Fn::GetAtt": f"{bucket}.Arn"}, {"Fn::Sub": f"${{{bucket}.Arn}}/*"}]


def test_every_log_group_expires() -> None:
    groups = resources("AWS::Logs::LogGroup")
    assert {group["Properties"]["RetentionInDays"]["Ref"] for group in groups.values()} == {"LogRetentionDays"}
    assert template()["Globals"]["Function"]["LoggingConfig"]["LogGroup"] == {"Ref": "FunctionLogs"}


def test_two_stacks_may_be_in_one_account_and_region() -> None:
    """SAM names a schedule after its function, and that name would be taken, unless the template leaves it out."""
    schedules = [event for name in resources(FUNCTION) for event in events(name, "ScheduleV2")]
    assert [s for s in schedules if s.get("OmitName") is not True] == []
    names = (
        "TableName",
        "BucketName",
        "QueueName",
        "FunctionName",
        "RoleName",
        "ManagedPolicyName",
        "LogGroupName",
        "RepositoryName",
        "ClusterName",
        "ServiceName",
        "AlarmName",
        "Name",
    )
    named = [n for n, r in template()["Resources"].items() if set(names) & r.get("Properties", {}).keys()]
    # The name of a bus is required, and has that of the stack; that of WorkerS3 is the service behind the endpoint.
    assert named == ["EventBus", "WorkerS3"]
    assert resource("EventBus")["Properties"]["Name"] == {"Fn::Sub": "${AWS::StackName}-events"}


def test_the_stream_of_the_table_reports_new_items_of_the_outbox_only() -> None:
    (source,) = events("PublishEventsFunction", "DynamoDB")
    assert source["Stream"] == {"Fn::GetAtt": "LibraryTable.StreamArn"}
    (criteria,) = source["FilterCriteria"]["Filters"]
    keys = {"pk": {"S": [{"prefix": OUTBOX.partition_prefix}]}}
    assert json.loads(criteria["Pattern"]) == {"eventName": ["INSERT"], "dynamodb": {"Keys": keys}}
    assert resource("LibraryTable")["Properties"]["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    assert OUTBOX.partition_prefix == outbox_stream.OUTBOX


def test_the_context_of_the_images_is_small() -> None:
    """Without the pinned weights, which the image has to have. `sam build` sends it with docker-py, which reads
    `.dockerignore` and no ignore file of a Dockerfile."""
    lines = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    sent = [REPOSITORY / path for path in exclude_paths(REPOSITORY, patterns, dockerfile="gpu_tasks/Dockerfile")]
    names = {str(path.relative_to(REPOSITORY)) for path in sent}
    assert {"requirements/worker.txt", "layers/core/cinedex/settings.py", "functions/resume_analyses.py"} <= names
    others = [path for path in sent if path.is_file() and path.suffix != ".onnx"]
    assert sum(path.stat().st_size for path in others) < CONTEXT_BYTES_MAX


def test_the_table_is_encrypted_can_be_restored_and_deletes_expired_items() -> None:
    properties = resource("LibraryTable")["Properties"]
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["TimeToLiveSpecification"]["Enabled"] is True


def test_the_code_writes_the_attribute_by_which_the_table_deletes_expired_items() -> None:
    adapters = [p for p in python_files("layers") if p.startswith("layers/core/cinedex/adapters/dynamodb/")]
    writing = [p for p in adapters if f'"{time_to_live_attribute()}"' in (REPOSITORY / p).read_text(encoding="utf-8")]
    assert {p.rsplit("/", 1)[1] for p in writing} >= {
        "budgets.py",
        "idempotency.py",
        "search_snapshots.py",
        "turn_log.py",
    }


def test_an_upload_that_is_not_completed_is_removed() -> None:
    (rule,) = resource("MediaBucket")["Properties"]["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["AbortIncompleteMultipartUpload"]) == ("Enabled", {"DaysAfterInitiation": 2})


def test_what_happens_in_the_drop_folder_is_sent_to_the_drop_queue() -> None:
    notified = resource("MediaBucket")["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    assert {one["Event"] for one in notified} == {f"s3:{e}:*" for e in DROP_EVENTS}
    assert {one["Filter"]["S3Key"]["Rules"][0]["Value"] for one in notified} == {DROP}
    assert [one["Queue"] for one in notified] == [{"Fn::GetAtt": "DropQueue.Arn"}] * len(DROP_EVENTS)
    (source,) = events("OnDropCreatedFunction", "SQS")
    assert (source["Queue"], source["BatchSize"]) == ({"Fn::GetAtt": "DropQueue.Arn"}, AT_ONCE)
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert QUEUES["DropQueue"]["RedrivePolicy"]["maxReceiveCount"] == RECEIVES_MAX  # type: ignore[index]
    assert QUEUES["DropQueue"]["VisibilityTimeout"] > TIMEOUTS_S["OnDropCreatedFunction"]  # type: ignore[operator]


def test_only_the_account_of_the_deployment_may_send_events_to_the_drop_queue() -> None:
    properties = resource("DropQueuePolicy")["Properties"]
    (statement,) = properties["PolicyDocument"]["Statement"]
    assert properties["Queues"] == [{"Ref": "DropQueue"}]
    assert (statement["Principal"], statement["Action"]) == ({"Service": "s3.amazonaws.com"}, "sqs:SendMessage")
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_a_new_file_in_the_media_bucket_is_probed() -> None:
    notified = resource("MediaBucket")["Properties"]["NotificationConfiguration"]
    assert notified["EventBridgeConfiguration"] == {"EventBridgeEnabled": True}
    (rule,) = events("OnMediaCreatedFunction", "EventBridgeRule")
    assert rule["Pattern"]["detail"] == {
        "bucket": {"name": [{"Ref": "MediaBucket"}]},
        "object": {"key": [{"prefix": "uploads/"}]},
    }
    assert rule["RetryPolicy"] == {"MaximumRetryAttempts": 8, "MaximumEventAgeInSeconds": 6 * 3600}
    assert rule["DeadLetterConfig"] == {"Type": "SQS"}


@pytest.mark.parametrize("name", ["OnMediaCreatedFunction", "FetchMediaFunction"])
def test_a_function_that_an_upload_invokes_is_retried_twice(name: str) -> None:
    assert resource(name)["Properties"]["EventInvokeConfig"]["MaximumRetryAttempts"] == 2


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_has_these_numbers_and_is_encrypted(name: str) -> None:
    assert resource(name)["Properties"] == QUEUES[name] | {"SqsManagedSseEnabled": True}


def test_tasks_are_sent_to_the_task_queue_and_taken_from_it() -> None:
    substituted = resource("AnalyzeVideo")["Properties"]["DefinitionSubstitutions"]
    assert substituted["TaskQueueUrl"] == {"Ref": "TaskQueue"}
    (worker,) = resource("WorkerTask")["Properties"]["ContainerDefinitions"]
    assert {v["Name"]: v["Value"] for v in worker["Environment"]}["TASK_QUEUE_URL"] == {"Ref": "TaskQueue"}


def test_a_dead_letter_fails_its_task() -> None:
    (source,) = events("OnTaskDeadLetteredFunction", "SQS")
    assert source == {"Queue": {"Fn::GetAtt": "TaskDeadLetterQueue.Arn"}, "BatchSize": 10}


def test_workers_start_when_a_task_waits_and_stop_when_none_does() -> None:
    assert resource("QueueNotEmpty")["Properties"]["AlarmActions"] == [{"Ref": "WorkerScaleOut"}]
    assert resource("QueueIdle")["Properties"]["AlarmActions"] == [{"Ref": "WorkerScaleIn"}]
    assert (resource("QueueNotEmpty")["Properties"]["Threshold"], resource("QueueIdle")["Properties"]["Threshold"]) == (
        1,
        0,
    )
    steps = resource("WorkerScaleIn")["Properties"]["StepScalingPolicyConfiguration"]["StepAdjustments"]
    assert steps == [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 0}]


@pytest.mark.parametrize("name", [n for n, _ in lambda_states()])
def test_a_function_is_retried_with_these_pauses(name: str) -> None:
    (retry,) = dict(lambda_states())[name]["Retry"]
    assert {k: v for k, v in retry.items() if k != "ErrorEquals"} == RETRY_OF_FUNCTIONS


@pytest.mark.parametrize("name", [n for n, _ in task_states()])
def test_a_task_of_a_worker_is_retried_with_these_pauses_and_has_four_days(name: str) -> None:
    state = dict(task_states())[name]
    (retry,) = state["Retry"]
    assert {k: v for k, v in retry.items() if k != "ErrorEquals"} == RETRY_OF_TASKS
    assert state["TimeoutSeconds"] == TASK_TIMEOUT_S < QUEUES["TaskQueue"]["MessageRetentionPeriod"]  # type: ignore[operator]


def test_a_task_of_a_branch_and_a_task_of_a_map_catch_their_own_errors() -> None:
    """Except for faults of the file, which concern all branches; the errors of subtitles concern no other branch."""
    of_the_file = ["CorruptMedia", "UnsupportedMedia", "MediaGone"]
    for name, state in analyze_video()["States"].items():
        for branch in state.get("Branches", ()):
            assert [c["ErrorEquals"] for c in state["Catch"]] == [["States.ALL"]], name
            for task in (s for s in branch["States"].values() if s["Type"] == "Task"):
                own = task["Arguments"]["MessageBody"]["task"] == "read_subtitles"
                caught = [c["ErrorEquals"] for c in task["Catch"]]
                assert caught == ([] if own else [of_the_file]) + [["States.ALL"]], name
        for inner in state.get("ItemProcessor", {}).get("States", {}).values():
            if inner["Type"] == "Task":
                assert [c["ErrorEquals"] for c in inner["Catch"]] == [["States.ALL"]], name


def queue_metrics(alarm: str) -> list[tuple[str, str, int, str]]:
    """Name of the metric, queue, period and statistic of each metric that the alarm reads."""
    found = []
    for metric in resource(alarm)["Properties"]["Metrics"]:
        if "MetricStat" in metric:
            stat = metric["MetricStat"]
            ((dimension,),) = (stat["Metric"]["Dimensions"],)
            queue = dimension["Value"]["Fn::GetAtt"].removesuffix(".QueueName")
            found.append((stat["Metric"]["MetricName"], queue, stat["Period"], stat["Stat"]))
    return found


VISIBLE, IN_FLIGHT = "ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"
ALARMS = {
    "QueueNotEmpty": ("live + bulk", 1, 1, "GreaterThanOrEqualToThreshold", "notBreaching"),
    "QueueIdle": ("live + bulk + live_in_flight + bulk_in_flight", 10, 0, "LessThanOrEqualToThreshold", "missing"),
}
"""Expression, number of minutes, threshold, comparison, and what missing data mean."""


@pytest.mark.parametrize("name", ALARMS)
def test_workers_start_within_a_minute_and_stop_after_ten_minutes_without_any_task(name: str) -> None:
    """A task in flight is at a worker: an alarm without it would stop the worker in the middle of the task."""
    alarm = resource(name)["Properties"]
    (total,) = (m["Expression"] for m in alarm["Metrics"] if m["ReturnData"])
    fields = ("EvaluationPeriods", "Threshold", "ComparisonOperator", "TreatMissingData")
    assert (total, *(alarm[field] for field in fields)) == ALARMS[name]
    counted = (VISIBLE, IN_FLIGHT) if name == "QueueIdle" else (VISIBLE,)
    queues = ("TaskQueue", "BulkTaskQueue")
    assert sorted(queue_metrics(name)) == sorted((m, q, 60, "Maximum") for m in counted for q in queues)


def test_the_number_of_workers_is_none_while_idle_and_at_most_that_of_the_parameter() -> None:
    scaling = resource("WorkerScaling")["Properties"]
    assert (scaling["MinCapacity"], scaling["MaxCapacity"]) == (0, {"Ref": "WorkersMax"})
    assert resource("WorkerService")["Properties"]["DesiredCount"] == 0
    assert resource("WorkerScaleOut")["Properties"]["StepScalingPolicyConfiguration"]["StepAdjustments"] == [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 2, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 2, "ScalingAdjustment": {"Ref": "WorkersMax"}},
    ]


def test_a_worker_has_a_minute_to_return_its_task() -> None:
    (container,) = resource("WorkerTask")["Properties"]["ContainerDefinitions"]
    assert container["StopTimeout"] == 60


def test_an_alarm_reports_a_live_task_that_waits_for_a_quarter_of_an_hour() -> None:
    alarm = resource("TasksWaitForCapacity")["Properties"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("ApproximateAgeOfOldestMessage", "Maximum")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": "TaskQueue.QueueName"}}]
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"]) == (60, 5, 900)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


def test_streams_leave_the_function_as_they_are_written() -> None:
    assert resource("ChatStreamFunction")["Properties"]["FunctionUrlConfig"]["InvokeMode"] == "RESPONSE_STREAM"
    assert environment("ChatStreamFunction")["AWS_LWA_INVOKE_MODE"] == "response_stream"


LIMITS_OF_ACCOUNTS = {
    "RATE_LIMIT_REQUESTS": ("RequestsPerDay", set(resources(FUNCTION))),
    "CHAT_TURNS_PER_DAY": ("TurnsPerDay", {"ChatApiFunction", "ChatStreamFunction", "ResumeTurnsFunction"}),
    "CHAT_TOKENS_PER_DAY": ("TokensPerDay", {"ChatApiFunction", "ChatStreamFunction", "ResumeTurnsFunction"}),
    "VIDEO_MINUTES_PER_DAY": (
        "VideoMinutesPerDay",
        {"LibraryApiFunction", "ResumeAnalysesFunction", "OnDropCreatedFunction"},
    ),
    "DROP_DELETION": ("DropDeletion", {"LibraryApiFunction", "OnDropCreatedFunction"}),
    "DROP_FEATURES": ("DropFeatures", {"LibraryApiFunction", "OnDropCreatedFunction"}),
    "DROP_BYTES_MAX": ("DropBytesMax", {"LibraryApiFunction", "OnDropCreatedFunction"}),
    "DROP_SOURCES": ("DropSources", {"LibraryApiFunction", "ContinueBackfillsFunction"}),
    "MEDIA_COST_PER_SECOND_MAX": ("MediaCostPerSecondMax", set(resources(FUNCTION))),
    "FETCH_ALLOWED_NETWORKS": ("FetchAllowedNetworks", {"FetchMediaFunction"}),
    "ANALYSIS_CHUNKS_AT_ONCE": ("WorkersMax", {"BeginAnalysisFunction"}),
    "OPENAI_API_KEY_SECRET_ARN": (
        "OpenAiApiKeySecretArn",
        {"ChatApiFunction", "ChatStreamFunction", "ResumeTurnsFunction"},
    ),
}
"""Setting -> its parameter, and the functions that have it: without it, they would use its default."""


@pytest.mark.parametrize("setting", LIMITS_OF_ACCOUNTS)
def test_each_function_that_applies_a_limit_has_its_parameter(setting: str) -> None:
    parameter, functions = LIMITS_OF_ACCOUNTS[setting]
    common = template()["Globals"]["Function"]["Environment"]["Variables"]
    own = {
        name: (common | function["Properties"].get("Environment", {}).get("Variables", {})).get(setting)
        for name, function in resources(FUNCTION).items()
    }
    assert {name: value for name, value in own.items() if value} == {name: {"Ref": parameter} for name in functions}


RESERVED = {
    "ApiConcurrency": {"AuthorizeRequestFunction", "LibraryApiFunction", "ChatApiFunction", "ChatStreamFunction"},
    "EventConcurrency": {"OnMediaCreatedFunction", "FetchMediaFunction", "OnDropCreatedFunction"},
}


@pytest.mark.parametrize("parameter", RESERVED)
def test_what_the_outside_invokes_has_a_concurrency_of_its_own(parameter: str) -> None:
    reserved = {n: f["Properties"].get("ReservedConcurrentExecutions") for n, f in resources(FUNCTION).items()}
    of_parameter = {n for n, value in reserved.items() if value and value["Fn::If"][1] == {"Ref": parameter}}
    assert of_parameter == RESERVED[parameter]


def test_the_api_limits_the_rate_of_all_its_clients() -> None:
    settings = resource("HttpApi")["Properties"]["DefaultRouteSettings"]
    assert settings == {
        "ThrottlingRateLimit": {"Ref": "RequestsPerSecond"},
        "ThrottlingBurstLimit": {"Ref": "RequestBurst"},
    }


def test_a_browser_can_upload_a_file_in_parts() -> None:
    """It completes an upload with the ETag of each part."""
    (rule,) = resource("MediaBucket")["Properties"]["CorsConfiguration"]["CorsRules"]
    assert (rule["AllowedMethods"], rule["ExposedHeaders"]) == (["GET", "HEAD", "PUT"], ["ETag"])


def test_the_index_of_unfinished_work_has_the_whole_items() -> None:
    (index,) = resource("LibraryTable")["Properties"]["GlobalSecondaryIndexes"]
    assert (index["IndexName"], index["Projection"]) == ("ByWork", {"ProjectionType": "ALL"})
    keys = {key["KeyType"]: key["AttributeName"] for key in index["KeySchema"]}
    assert keys == {"HASH": "work", "RANGE": "since"}


def test_a_run_has_no_more_chunks_in_the_queue_than_the_deployment_has_workers() -> None:
    assert analyze_video()["States"]["AnalyzeChunks"]["MaxConcurrency"] == "{% $job.chunks_at_once %}"


def test_the_agent_ends_before_the_function_that_runs_it() -> None:
    assert int(environment("ChatApiFunction")["AGENT_SECONDS_MAX"]) < TIMEOUTS_S["ChatApiFunction"]
