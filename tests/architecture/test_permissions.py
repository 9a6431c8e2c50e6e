"""Each function, the worker and the state machine may do what their calls need, and nothing else.

The emulator enforces no permissions, so that a missing one would be noticed in a deployment only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from fnmatch import fnmatchcase

import pytest

from tests.architecture.tree import python_files
from tests.permissions.calls import Permission, calls_of, needed, processes, recorded
from tests.permissions.policies import Grant, grants, resources
from tests.support.template import FUNCTION, REPOSITORY
from tests.support.template import resources as declared

WITHOUT_CALLS = {"EmbedQueryFunction", "DetectInVideoFunction", "AnalyzeFramesFunction"}
"""They get a presigned URL or a text, and call no service."""
UNUSED: dict[tuple[str, str], str] = {
    ("ContinueBackfillsFunction", "s3:GetObject on arn:aws:s3:::bucket-of-a-user/*"): "one policy for all readers",
}
"""(process, action on resource) that is granted and not called, with the reason."""
VENDORS = "dynamodb|eventbridge|s3|sqs|stepfunctions|aws_lambda|bedrock"
ADAPTERS_OF_AWS = rf"/adapters/({VENDORS})/|/adapters/secrets_manager|^gpu_tasks/"
OPERATION = (r"\b_?client\.(\w+)", r"\b(?:get_paginator|generate_presigned_url)\(\s*\"(\w+)\"")
NOT_CALLS = {
    "GetPaginator", "GeneratePresignedUrl",  # the operation is their argument
    "Exceptions", "Meta",
    "UploadFileobj",  # PutObject, or the operations of a multipart upload
    "TransactWriteItems",  # needs the permissions of its writes
}  # fmt: skip
OF_THE_OPERATOR = "gpu_tasks/model_store/"
"""A command that no process of a deployment runs, with the credentials of the operator."""
OPTIONAL = ("es:", "aoss:", "bedrock:")
READS = {"dynamodb": ("Get", "Query", "Scan", "BatchGet", "Describe"), "s3": ("Get", "List")}


def allowed(process: str, permission: Permission) -> bool:
    return any(grant.allows(permission.action, permission.arn) for grant in grants(process))


def is_from_sam(grant: Grant) -> bool:
    """SAM's policy templates grant a fixed list of actions, of which a function uses some."""
    return bool(grant.policy & {"dynamodb:DescribeTable", "s3:GetLifecycleConfiguration"})


def is_write(action: str) -> bool:
    service, name = action.split(":")
    return not name.startswith(READS[service])


def is_used(process: str, grant: Grant) -> bool:
    """Of the optional policies, one resource of several is enough: a domain and what is in it are alternatives."""
    required = needed(calls_of(process))
    if grant.action.startswith(OPTIONAL):
        return any(g.allows(*p) for g in grants(process) for p in required if g.action == grant.action)
    return any(grant.allows(*permission) for permission in required)


def sam_policies(process: str) -> list[tuple[frozenset[str], set[str]]]:
    """Actions and resources of each policy template; buckets and tables have a policy each."""
    found: dict[tuple[frozenset[str], str], set[str]] = defaultdict(set)
    for grant in filter(is_from_sam, grants(process)):
        found[grant.policy, grant.resource.split("/index")[0].removesuffix("/*")].add(grant.resource)
    return [(policy, listed) for (policy, _), listed in found.items()]


@pytest.mark.parametrize("process", processes())
def test_a_process_may_do_what_it_does(process: str) -> None:
    missing = {f"{p.action} on {p.arn}" for p in needed(calls_of(process)) if not allowed(process, p)}
    assert missing == set()


@pytest.mark.parametrize("process", processes())
def test_a_process_may_do_nothing_that_it_does_not_do(process: str) -> None:
    unused = {
        (process, f"{grant.action} on {grant.resource}")
        for grant in grants(process)
        if not is_from_sam(grant) and not is_used(process, grant)
    }
    assert unused - set(UNUSED) == set()


@pytest.mark.parametrize("process", processes())
def test_a_process_that_only_reads_a_table_or_a_bucket_may_not_write_it(process: str) -> None:
    for policy, resources_of_policy in sam_policies(process):
        required = {
            p.action for p in needed(calls_of(process)) if any(fnmatchcase(p.arn, r) for r in resources_of_policy)
        }
        assert policy & required, f"nothing of the policy for {sorted(resources_of_policy)} is used"
        assert any(map(is_write, policy & required)) == any(map(is_write, policy)), f"{sorted(resources_of_policy)}"


def test_every_function_has_calls_or_is_known_to_have_none() -> None:
    assert set(declared(FUNCTION)) - set(processes()) == WITHOUT_CALLS
    assert [g.action for name in WITHOUT_CALLS for g in grants(name)] == []


def test_every_recorded_process_is_in_the_template() -> None:
    assert set(recorded()) <= set(resources())


def test_a_permission_that_no_process_needs_any_more_is_not_excused() -> None:
    granted = {(process, f"{g.action} on {g.resource}") for process in processes() for g in grants(process)}
    assert set(UNUSED) - granted == set()


def operations_of_the_code() -> set[str]:
    """`GetItem` and the like: methods of clients of AWS, and those that are named to paginators and presigned URLs."""
    used = [p for p in python_files("layers", "gpu_tasks") if re.search(ADAPTERS_OF_AWS, p)]
    paths = [p for p in used if not p.startswith(OF_THE_OPERATOR)]
    texts = [(REPOSITORY / path).read_text(encoding="utf-8") for path in paths]
    names = {name for text in texts for pattern in OPERATION for name in re.findall(pattern, text)}
    return {"".join(word.capitalize() for word in name.split("_")) for name in names}


def test_every_operation_of_the_code_is_a_call_of_some_process() -> None:
    """A new one is recorded, or added to `UNRECORDED` for each process that makes it."""
    called = {call.operation.split(":")[1] for process in processes() for call in calls_of(process)}
    assert operations_of_the_code() - called - NOT_CALLS == set()
    assert operations_of_the_code() >= {"GetItem", "HeadObject", "ListParts", "SendTaskHeartbeat", "ReceiveMessage"}
