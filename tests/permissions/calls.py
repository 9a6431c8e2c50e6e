"""The AWS calls of each function and of the worker, and the permissions that they need.

`calls.json` has the calls that the integration tests made (see `record`): process -> operation -> resources. Calls on
paths that no recorded test takes are in `UNRECORDED`, each with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.permissions.policies import PARAMETERS, arn
from tests.support.template import analyze_video, states

CALLS = Path(__file__).with_name("calls.json")
MEDIA, RESULTS, TABLE = "MediaBucket", "ResultsBucket", "LibraryTable"
MACHINE, EXECUTION, SEARCH, MODEL = "AnalyzeVideo", "execution of AnalyzeVideo", "the search store", "a language model"
SECRET, LOGS = "the secret of a language model", "*"
USERS_BUCKET, DROP_QUEUE = "a bucket of a user", "DropQueue"


class Call(NamedTuple):
    """`operation` is `service:Operation` of boto3."""

    operation: str
    resource: str


class Permission(NamedTuple):
    action: str
    arn: str


@dataclass(frozen=True)
class Unrecorded:
    """Calls that a process may make, and when."""

    process: str
    reason: str
    calls: tuple[Call, ...]


def calls(resource: str, *operations: str) -> tuple[Call, ...]:
    return tuple(Call(operation, resource) for operation in operations)


DELETE_FILE = calls(
    MEDIA, "s3:ListObjectVersions", "s3:DeleteObjects", "s3:ListMultipartUploads", "s3:AbortMultipartUpload"
)
DELETE_RESULTS = calls(RESULTS, "s3:ListObjectVersions", "s3:DeleteObjects")
ERASE_DATA = (
    *DELETE_RESULTS,
    *calls(SEARCH, "es:ESHttpPost"),
    *calls(TABLE, "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:BatchWriteItem"),
)
AGENT = (
    *calls(MODEL, "bedrock-runtime:ConverseStream"),
    *calls(SECRET, "secretsmanager:GetSecretValue"),
    *calls(TABLE, "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem"),
    *calls(MEDIA, "s3:GetObject"),
    *calls(RESULTS, "s3:GetObject"),
    *calls(SEARCH, "es:ESHttpPost"),
    *calls("EmbedQueryFunction", "lambda:Invoke"),
    *calls("AnalyzeFramesFunction", "lambda:Invoke"),
)
WRITE_VIDEO = calls(TABLE, "dynamodb:GetItem", "dynamodb:PutItem")
FAIL_RUN = calls(TABLE, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
FILE_OF_A_DELETED_VIDEO = "RegisterMedia deletes the file of a video that was deleted during its upload."
DELETED_MEANWHILE = "The video is deleted while this state writes: it erases what it has written."
ANY_AGENT = "Each of the three functions runs the same agent; which of its tools it calls is decided by the question."

LOG_DELIVERY = tuple(
    f"logs:{operation}"
    for operation in (
        "CreateLogDelivery",
        "GetLogDelivery",
        "UpdateLogDelivery",
        "DeleteLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "DescribeResourcePolicies",
        "DescribeLogGroups",
    )
)
"""What Step Functions demands of a state machine that writes logs, for all resources (its guide on logging)."""

UNRECORDED = (
    Unrecorded("OnMediaCreatedFunction", FILE_OF_A_DELETED_VIDEO, DELETE_FILE),
    Unrecorded("ResumeAnalysesFunction", FILE_OF_A_DELETED_VIDEO, DELETE_FILE),
    Unrecorded(
        "ResumeAnalysesFunction",
        "ResumeAnalyses settles uploads, continues runs and gives them up.",
        (
            *FAIL_RUN,
            *calls(TABLE, "dynamodb:Query"),
            *calls(MEDIA, "s3:HeadObject", "s3:GetObject"),
            *calls("FetchMediaFunction", "lambda:Invoke"),
            *calls(MACHINE, "stepfunctions:StartExecution", "stepfunctions:ListExecutions"),
            *calls(EXECUTION, "stepfunctions:DescribeExecution"),
        ),
    ),
    *(
        Unrecorded(f"{state}Function", DELETED_MEANWHILE, ERASE_DATA)
        for state in ("PlanChunks", "MergeChunks", "PublishDocuments", "FinishAnalysis")
    ),
    Unrecorded(
        "FinishAnalysisFunction",
        "EndFeatures publishes a video whose features have failed, with the texts and vectors that it has.",
        (*calls(TABLE, "dynamodb:Query"), *calls(RESULTS, "s3:GetObject")),
    ),
    Unrecorded("FailAnalysisFunction", "No recorded analysis fails as a whole.", FAIL_RUN),
    Unrecorded(
        "BeginAnalysisFunction",
        "An analysis of features whose plan is stored already reads it.",
        calls(RESULTS, "s3:GetObject"),
    ),
    *(
        Unrecorded(
            name,
            "Lambda invokes the destination of a failure with the role of the function that has failed.",
            calls("OnUploadFailedFunction", "lambda:Invoke"),
        )
        for name in ("OnMediaCreatedFunction", "FetchMediaFunction")
    ),
    Unrecorded(
        "OnDropCreatedFunction",
        "ReceiveDrop: a video, the next version of one, a sidecar, a removed file; and a file in a bucket of a user.",
        (
            *DELETE_FILE,
            *ERASE_DATA,
            *calls(TABLE, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
            *calls(MEDIA, "s3:HeadObject", "s3:GetObject"),
            *calls(USERS_BUCKET, "s3:HeadObject", "s3:GetObject"),
            *calls(RESULTS, "s3:GetObject", "s3:PutObject"),
            *calls(MACHINE, "stepfunctions:StartExecution"),
            *calls(EXECUTION, "stepfunctions:StopExecution"),
        ),
    ),
    *(
        Unrecorded(
            name,
            "A backfill lists the drop folder, or a bucket of a user.",
            (
                *calls(TABLE, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchGetItem"),
                *calls(MEDIA, "s3:ListObjectsV2"),
                *calls(USERS_BUCKET, "s3:ListObjectsV2"),
                *calls(DROP_QUEUE, "sqs:SendMessageBatch"),
            ),
        )
        for name in ("LibraryApiFunction", "ContinueBackfillsFunction")
    ),
    *(
        Unrecorded(name, "A video refers to a file in a bucket of a user.", calls(USERS_BUCKET, "s3:GetObject"))
        for name in ("LibraryApiFunction", "WorkerRole")
    ),
    Unrecorded("OnUploadFailedFunction", "FailUpload: the retries of an upload are used up.", WRITE_VIDEO),
    Unrecorded(
        "OnTaskDeadLetteredFunction",
        "Every worker that received a task has crashed.",
        calls(MACHINE, "stepfunctions:SendTaskFailure"),
    ),
    Unrecorded(
        "WorkerRole",
        "An analysis has the priority bulk.",
        calls("BulkTaskQueue", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"),
    ),
    Unrecorded("WorkerRole", "A task fails.", calls(MACHINE, "stepfunctions:SendTaskFailure")),
    Unrecorded(
        "SweepDeletionsFunction",
        "A video is deleted while it is analysed, or its deletion was interrupted.",
        (
            *DELETE_FILE,
            *ERASE_DATA,
            *calls(TABLE, "dynamodb:DeleteItem"),
            *calls(EXECUTION, "stepfunctions:StopExecution"),
        ),
    ),
    Unrecorded(
        "FetchMediaFunction",
        "FetchMedia stores a download in parts, continues one that was interrupted, and deletes the file of a video "
        "that was deleted meanwhile; the tests of downloads start a stack in another process.",
        (
            *DELETE_FILE,
            *WRITE_VIDEO,
            *calls(MEDIA, "s3:CreateMultipartUpload", "s3:UploadPart", "s3:CompleteMultipartUpload", "s3:ListParts"),
            *calls(MEDIA, "s3:PutObject"),
        ),
    ),
    Unrecorded(
        "LibraryApiFunction",
        "A client completes an upload in parts.",
        calls(MEDIA, "s3:CompleteMultipartUpload", "s3:ListParts"),
    ),
    Unrecorded(
        "ManageIndexFunction",
        "A video is indexed again with the vectors of its last analysis.",
        calls(RESULTS, "s3:GetObject"),
    ),
    Unrecorded(
        "PublishEventsFunction",
        "PublishEvents: a stack that records no calls of it yet.",
        (
            *calls(TABLE, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
            *calls(f"{TABLE}/index/ByWork", "dynamodb:Query"),
            *calls("EventBus", "events:PutEvents"),
            *calls("WebhookQueue", "sqs:SendMessageBatch"),
        ),
    ),
    Unrecorded(
        "DeliverWebhookFunction",
        "No recorded stack has a webhook.",
        (
            *calls(TABLE, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"),
            *calls("WebhookQueue", "sqs:ChangeMessageVisibility"),
        ),
    ),
    Unrecorded(
        "LibraryApiFunction", "A client retries a delivery to a webhook.", calls("WebhookQueue", "sqs:SendMessageBatch")
    ),
    *(Unrecorded(name, ANY_AGENT, AGENT) for name in ("ChatApiFunction", "ChatStreamFunction", "ResumeTurnsFunction")),
)
"""Recorded runs meet these situations seldom or never."""

S3_ACTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    # Without s3:ListBucket, S3 answers 403 instead of 404 for an object that does not exist.
    "HeadObject": (("s3:GetObject", "/*"), ("s3:ListBucket", "")),
    "GetObject": (("s3:GetObject", "/*"), ("s3:ListBucket", "")),
    "PutObject": (("s3:PutObject", "/*"),),
    "CreateMultipartUpload": (("s3:PutObject", "/*"),),
    "UploadPart": (("s3:PutObject", "/*"),),
    "CompleteMultipartUpload": (("s3:PutObject", "/*"),),
    "AbortMultipartUpload": (("s3:AbortMultipartUpload", "/*"),),
    "ListObjectsV2": (("s3:ListBucket", ""),),
    "ListParts": (("s3:ListMultipartUploadParts", "/*"),),
    "ListObjectVersions": (("s3:ListBucketVersions", ""),),
    "ListMultipartUploads": (("s3:ListBucketMultipartUploads", ""),),
    "DeleteObjects": (("s3:DeleteObject", "/*"), ("s3:DeleteObjectVersion", "/*")),
}
"""Operation -> actions, each on the bucket or on its objects."""
SERVICES = {"stepfunctions": "states"}
ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "bedrock-runtime:ConverseStream": "bedrock:InvokeModelWithResponseStream",
}


def recorded() -> dict[str, list[Call]]:
    stored: dict[str, dict[str, list[str]]] = json.loads(CALLS.read_text(encoding="utf-8"))
    return {
        process: [Call(operation, resource) for operation, listed in operations.items() for resource in listed]
        for process, operations in stored.items()
    }


def calls_of(process: str) -> set[Call]:
    """Recorded or not."""
    own = (call for entry in UNRECORDED if entry.process == process for call in entry.calls)
    return {*recorded().get(process, ()), *own, *(_calls_of_the_machine() if process == MACHINE else ())}


def processes() -> list[str]:
    return sorted({*recorded(), MACHINE, *(entry.process for entry in UNRECORDED)})


def needed(called: Iterable[Call]) -> set[Permission]:
    return {permission for call in called for permission in _needed(call)}


def _calls_of_the_machine() -> Iterator[Call]:
    yield from calls(LOGS, *LOG_DELIVERY)
    for name, state in states(analyze_video()):
        if state.get("Resource") == "arn:aws:states:::lambda:invoke":
            yield Call("lambda:Invoke", f"{name}Function")
        elif state["Type"] == "Task":
            yield from (Call("sqs:SendMessage", queue) for queue in ("TaskQueue", "BulkTaskQueue"))


def _needed(call: Call) -> Iterator[Permission]:
    service, operation = call.operation.split(":")
    if service == "s3":
        for action, objects in S3_ACTIONS[operation]:
            yield Permission(action, f"{_arn(call.resource)}{objects}")
    elif call.resource == SEARCH:  # a domain and a serverless collection have actions of their own
        yield Permission("es:ESHttpPost", _arn(SEARCH))
        yield Permission("aoss:APIAccessAll", PARAMETERS["OpenSearchArn"])
    else:
        action = ACTIONS.get(call.operation, f"{SERVICES.get(service, service)}:{operation}")
        yield Permission(action, _arn(call.resource))


def _arn(resource: str) -> str:
    if resource == SEARCH:
        return f"{PARAMETERS['OpenSearchArn']}/segments/_search"
    if resource == EXECUTION:
        return f"{arn(MACHINE).replace('stateMachine', 'execution')}:run"
    if resource == MODEL:
        return "arn:aws:bedrock:us-east-1::foundation-model/model"
    if resource == USERS_BUCKET:
        return PARAMETERS["DropSourceBucketArns"]
    if resource == LOGS:
        return resource
    if resource == SECRET:
        return PARAMETERS["OpenAiApiKeySecretArn"]
    table, slash, index = resource.partition("/")
    return f"{arn(table)}{slash}{index}"
