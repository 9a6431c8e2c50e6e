"""The resource types of template.yaml that are not deployed on one machine, and why: the only such list."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

NO_VALUE = {"Ref": "AWS::NoValue"}


class UnsupportedType(NamedTuple):
    """All resource types that begin with `prefix`."""

    prefix: str
    reason: str


UNSUPPORTED_TYPES = (
    UnsupportedType("AWS::Lambda::LayerVersion", "functions import layers/core from the working tree"),
    UnsupportedType("AWS::ECS::", "the worker is a process of this machine"),
    UnsupportedType("AWS::ECR::", "no image is built: the worker runs from the working tree"),
    UnsupportedType("AWS::AutoScaling::", "one worker, always warm"),
    UnsupportedType("AWS::ApplicationAutoScaling::", "one worker, always warm"),
    UnsupportedType("AWS::EC2::", "everything listens on the loopback interface"),
    UnsupportedType("AWS::IAM::InstanceProfile", "there is no instance"),
    UnsupportedType("AWS::CloudFront::", "the gateway serves all requests"),
    UnsupportedType(
        "AWS::CloudWatch::", "no alarms on one machine; see the folder logs in the home folder of the stack"
    ),
    UnsupportedType("AWS::Logs::", "functions log to files in the folder logs in the home folder of the stack"),
    UnsupportedType("AWS::Budgets::", "nothing here costs money"),
    UnsupportedType("AWS::OpenSearchService::", "search is one SQLite file"),
    UnsupportedType("AWS::OpenSearchServerless::", "search is one SQLite file"),
)


class UnsupportedResource(BaseModel):
    model_config = ConfigDict(frozen=True)

    logical_id: str
    type: str
    reason: str


def unsupported_resources(template: dict[str, Any]) -> tuple[UnsupportedResource, ...]:
    return tuple(
        UnsupportedResource(logical_id=name, type=resource["Type"], reason=reason)
        for name, resource in template["Resources"].items()
        if (reason := _reason(resource["Type"]))
    )


def without(template: dict[str, Any], resources: tuple[UnsupportedResource, ...]) -> dict[str, Any]:
    """The template without these resources; references to them become `AWS::NoValue`."""
    names = {resource.logical_id for resource in resources}
    remaining = {name: item for name, item in template["Resources"].items() if name not in names}
    outputs = {name: _prune(item, names) for name, item in template.get("Outputs", {}).items()}
    return template | {
        "Resources": {name: _prune(item, names) for name, item in remaining.items()},
        "Outputs": {name: item for name, item in outputs.items() if item["Value"] != NO_VALUE},
    }


def _reason(type_: str) -> str | None:
    return next((kind.reason for kind in UNSUPPORTED_TYPES if type_.startswith(kind.prefix)), None)


def _prune(node: Any, names: set[str]) -> Any:
    if _refers_to(node, names):
        return NO_VALUE
    if isinstance(node, list):
        return [_prune(item, names) for item in node]
    if isinstance(node, dict):
        return {key: _prune_value(key, value, names) for key, value in node.items()}
    return node


def _prune_value(key: str, value: Any, names: set[str]) -> Any:
    if key == "DependsOn":
        dependencies = [value] if isinstance(value, str) else value
        return [name for name in dependencies if name not in names]
    return _prune(value, names)


def _refers_to(node: Any, names: set[str]) -> bool:
    if not isinstance(node, dict) or len(node) != 1:
        return False
    ((function, argument),) = node.items()
    if function == "Ref":
        return argument in names
    if function == "Fn::GetAtt":
        return str(argument[0] if isinstance(argument, list) else argument.split(".")[0]) in names
    text = argument[0] if isinstance(argument, list) and argument else argument
    return function == "Fn::Sub" and any(f"${{{name}}}" in text or f"${{{name}." in text for name in names)
