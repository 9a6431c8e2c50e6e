"""What `template.yaml` permits each function, the worker and the state machine, as AWS would read it.

The template is translated from SAM; every optional policy is included. Names of resources are their logical ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from boto3 import Session

from local.deploy.parameters import with_defaults
from local.deploy.template import read_template, translate
from tests.support.template import TEMPLATE

PARAMETERS = {
    "OpenSearchArn": "arn:aws:es:us-east-1:123456789012:domain/search",
    "LanguageModel": "bedrock",
    "DropSources": "account=bucket-of-a-user/media",
    "DropSourceBucketArns": "arn:aws:s3:::bucket-of-a-user",
    "DropSourceObjectArns": "arn:aws:s3:::bucket-of-a-user/*",
    "OpenAiApiKeySecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-abcdef",
}
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}
ARNS = {
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:us-east-1:123456789012:table/{}",
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-1:123456789012:{}",
    "AWS::Lambda::Function": "arn:aws:lambda:us-east-1:123456789012:function:{}",
    "AWS::Events::EventBus": "arn:aws:events:us-east-1:123456789012:event-bus/{}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:us-east-1:123456789012:stateMachine:{}",
}
REF_IS_ARN = "AWS::StepFunctions::StateMachine"


@dataclass(frozen=True)
class Grant:
    """An action on resources, both with wildcards. `policy` is the set of actions that was granted together."""

    action: str
    resource: str
    policy: frozenset[str]

    def allows(self, action: str, arn: str) -> bool:
        return fnmatchcase(action, self.action) and fnmatchcase(arn, self.resource)


@cache
def resources() -> dict[str, dict[str, Any]]:
    template = read_template(TEMPLATE)
    parameters = with_defaults(PARAMETERS, template)
    translated = translate(template, parameters, Session(region_name=PSEUDO["AWS::Region"]))["Resources"]
    return {name: dict(definition) for name, definition in translated.items()}


def arn(logical_id: str) -> str:
    return ARNS[resources()[logical_id]["Type"]].format(logical_id)


def role_of(name: str) -> str:
    return name if resources()[name]["Type"] == "AWS::IAM::Role" else f"{name}Role"


@cache
def grants(name: str) -> tuple[Grant, ...]:
    """Of a function, a state machine or a role."""
    return tuple(grant for document in _documents(role_of(name)) for grant in _grants(document))


def _documents(role: str) -> Iterator[dict[str, Any]]:
    properties = resources()[role]["Properties"]
    for policy in properties.get("Policies", ()):
        yield policy["PolicyDocument"]
    for managed in properties.get("ManagedPolicyArns", ()):
        chosen = managed["Fn::If"][1] if isinstance(managed, dict) and "Fn::If" in managed else managed
        if isinstance(chosen, dict) and chosen.get("Ref") in resources():
            yield resources()[chosen["Ref"]]["Properties"]["PolicyDocument"]


def _grants(document: dict[str, Any]) -> Iterator[Grant]:
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow"
        actions = _listed(statement["Action"])
        for target in _listed(statement["Resource"]):
            for action in actions:
                yield Grant(action, resolved(target), frozenset(actions))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def resolved(value: Any) -> str:
    """An intrinsic function as the text that it would have with logical ids for names."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Ref":
        return _reference(argument)
    if function == "Fn::GetAtt":
        return _attribute(".".join(argument) if isinstance(argument, list) else argument)
    assert function == "Fn::Sub", value
    text, names = argument if isinstance(argument, list) else (argument, {})
    return re.sub(r"\$\{([\w.:]+)\}", lambda m: _substituted(m[1], names), text)


def _substituted(name: str, names: dict[str, Any]) -> str:
    if name in names:
        return resolved(names[name])
    return _attribute(name) if "." in name else _reference(name)


def _reference(name: str) -> str:
    if name in PSEUDO or name in PARAMETERS:
        return PSEUDO.get(name) or PARAMETERS[name]
    return arn(name) if resources()[name]["Type"] == REF_IS_ARN else name


def _attribute(path: str) -> str:
    name, attribute = path.split(".")
    return arn(name) if attribute == "Arn" else name
