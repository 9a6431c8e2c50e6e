"""No output starts work again: it lies outside the buckets and prefixes whose events start something."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from cinedex.library.domain import object_keys
from cinedex.library.domain.object_keys import (
    UploadKey,
    documents_key,
    plan_key,
    results_prefix,
    subtitles_key,
    task_result_key,
)

from tests.architecture.tree import parsed, python_files
from tests.support.template import FUNCTION, resources, template

WRITES = {
    "put_object",
    "upload_file",
    "upload_fileobj",
    "upload_part",
    "create_multipart_upload",
    "copy",
    "copy_object",
}
WRITERS = {
    "layers/core/cinedex/adapters/s3/media_store.py",
    "layers/core/cinedex/adapters/s3/multipart_uploads.py",
    "layers/core/cinedex/adapters/s3/result_store.py",
}
"""The modules that write objects: files of videos, and results."""
OUTPUTS = {
    results_prefix: ("{}", "{}"),
    task_result_key: ("{}", "{}", "{}", "{}", "{}"),
    plan_key: ("{}", "{}", "{}"),
    documents_key: ("{}", "{}", "{}"),
    subtitles_key: ("{}", "{}", "{}"),
}
"""The keys of outputs by the arguments of their functions. There are no others: frames and exports are not stored."""
OF_DROPS = {object_keys.drop_prefix, object_keys.is_drop_key}
"""For keys that clients choose."""
USES_DROP_PREFIX = {
    "layers/core/cinedex/imports/domain/drop_key.py",  # reads keys
    "layers/core/cinedex/imports/usecases/drop_sources.py",  # lists them
    "layers/core/cinedex/imports/usecases/upload_to_drop.py",  # gives a client URLs for what it sends itself
    "layers/core/cinedex/library/domain/object_keys.py",
}
MAY_WRITE = ("S3CrudPolicy", "S3WritePolicy", "S3FullAccessPolicy")
WRITES_FILES = ("LibraryApiFunction", "FetchMediaFunction")


def patterns() -> Iterator[tuple[str, dict[str, Any]]]:
    """The event patterns of all rules, with the function that each starts."""
    for name, function in resources(FUNCTION).items():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] in ("EventBridgeRule", "CloudWatchEvent"):
                yield name, event["Properties"]["Pattern"]
            assert event["Type"] != "S3", name
    for name, rule in resources("AWS::Events::Rule").items():
        if "EventPattern" in rule["Properties"]:
            yield name, rule["Properties"]["EventPattern"]


def inputs() -> set[tuple[str, str]]:
    """Bucket and prefix of the objects whose creation starts something."""
    found = set()
    for _, pattern in patterns():
        if "aws.s3" in pattern["source"]:
            buckets = [name["Ref"] for name in pattern["detail"]["bucket"]["name"]]
            prefixes = [rule["prefix"] for rule in pattern["detail"]["object"]["key"]]
            found |= {(bucket, prefix) for bucket in buckets for prefix in prefixes}
    return found | {(bucket, prefix) for bucket, prefix, _ in notifications()}


def notifications() -> Iterator[tuple[str, str, str]]:
    """Bucket, prefix and queue of the events that S3 sends to a queue itself."""
    for name, bucket in resources("AWS::S3::Bucket").items():
        for one in bucket["Properties"].get("NotificationConfiguration", {}).get("QueueConfigurations", []):
            (rule,) = one["Filter"]["S3Key"]["Rules"]
            assert rule["Name"] == "prefix"
            yield name, rule["Value"], one["Queue"]["Fn::GetAtt"]


def environments() -> Iterator[dict[str, Any]]:
    yield template()["Globals"]["Function"]["Environment"]["Variables"]
    for function in resources(FUNCTION).values():
        yield function["Properties"].get("Environment", {}).get("Variables", {})
    for task in resources("AWS::ECS::TaskDefinition").values():
        for container in task["Properties"]["ContainerDefinitions"]:
            yield {variable["Name"]: variable["Value"] for variable in container["Environment"]}


def writes_objects(path: str) -> bool:
    calls = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
    return any(isinstance(c.func, ast.Attribute) and c.func.attr in WRITES and _is_client(c.func.value) for c in calls)


def _is_client(value: ast.expr) -> bool:
    return "client" in ast.unparse(value) or "s3" in ast.unparse(value)


def test_only_files_of_videos_start_something() -> None:
    assert inputs() == {("MediaBucket", object_keys.UPLOADS), ("MediaBucket", object_keys.DROP)}


def test_buckets_notify_nothing_but_these_rules() -> None:
    for name, bucket in resources("AWS::S3::Bucket").items():
        configured = set(bucket["Properties"].get("NotificationConfiguration", {}))
        assert configured <= {"EventBridgeConfiguration", "QueueConfigurations"}, name
    assert {queue for _, _, queue in notifications()} == {"DropQueue.Arn"}


def test_the_modules_that_write_objects_are_these() -> None:
    paths = python_files("layers", "gpu_tasks", "functions")
    assert {path for path in paths if writes_objects(path)} == WRITERS


def test_the_bucket_of_results_starts_nothing_wherever_it_is_configured() -> None:
    configured = [e["RESULTS_BUCKET"] for e in environments() if "RESULTS_BUCKET" in e]
    assert configured
    assert {bucket["Ref"] for bucket in configured} == {"ResultsBucket"}
    assert "ResultsBucket" not in {bucket for bucket, _ in inputs()}


def test_every_function_of_a_key_of_an_output_is_listed() -> None:
    functions = inspect.getmembers(object_keys, inspect.isfunction)
    public = {f for name, f in functions if f.__module__ == object_keys.__name__ and not name.startswith("_")}
    assert public - {object_keys.parse_upload_key, object_keys.safe_filename} - OF_DROPS == set(OUTPUTS)


def test_the_prefix_of_the_drop_folder_is_used_for_reading_and_for_urls_of_clients() -> None:
    """What the product stored there itself would be received, and stored again."""
    used = {p for p in python_files("layers", "gpu_tasks", "functions") if "drop_prefix" in names_of(p)}
    assert used == USES_DROP_PREFIX
    assert used & WRITERS == set()


def names_of(path: str) -> set[str]:
    nodes = list(ast.walk(parsed(path)))
    return {n.id for n in nodes if isinstance(n, ast.Name)} | {n.name for n in nodes if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize("component", ["uploads", "..", "a", ""])
def test_the_key_of_an_output_begins_with_no_prefix_that_starts_something(component: str) -> None:
    for function, arguments in OUTPUTS.items():
        key = function(*(argument.format(component) for argument in arguments))
        assert not any(key.startswith(prefix) or prefix.startswith(key) for _, prefix in inputs()), key
        assert object_keys.parse_upload_key(key) is None


def test_the_file_of_a_video_is_under_the_prefix_that_starts_its_probe() -> None:
    key = str(UploadKey(account_id="a", video_id="v", filename="clip.mp4"))
    assert [prefix for _, prefix in inputs() if key.startswith(prefix)] == ["uploads/"]


def test_only_the_api_and_downloads_may_write_files_of_videos() -> None:
    """In particular, the function that an upload starts may not, nor the analysis."""
    writers = set()
    for name, function in resources(FUNCTION).items():
        for policy in function["Properties"].get("Policies", []):
            granted = [policy[kind] for kind in MAY_WRITE if isinstance(policy, dict) and kind in policy]
            if any(grant["BucketName"] == {"Ref": "MediaBucket"} for grant in granted):
                writers.add(name)
    assert writers == set(WRITES_FILES)
