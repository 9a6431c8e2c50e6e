"""Creates or updates the CloudFormation stack in the emulator."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.deploy.api import read_api
from local.deploy.deployment import Deployment, Limits, fingerprint, streaming_functions
from local.deploy.functions import run_from_working_tree
from local.deploy.parameters import with_defaults
from local.deploy.template import read_template, source_files, translate
from local.deploy.unsupported_resources import unsupported_resources, without
from local.deploy.worker import read_worker
from local.emulator import PINNED_VERSION
from local.emulator.clients import EmulatorClients
from local.errors import DeployFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

STACK_NAME = "cinedex-local"
_ARTIFACTS = "cinedex-local-artifacts"
_DEPLOYED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


class Deployer:
    """Deploys one template to one emulator.

    Args:
        logs: folder the functions write their logs to.
    """

    def __init__(self, template: Path, parameters: dict[str, str], *, emulator: EmulatorClients, logs: Path) -> None:
        self._template = template
        self._parameters = parameters
        self._emulator = emulator
        self._logs = logs

    def deploy(self, previous: Deployment | None) -> Deployment:
        """Deploy, unless `previous` has the same fingerprint and its stack exists.

        Raises:
            DeployFailed: with the reasons of the emulator.
        """
        current = self._fingerprint()
        if previous is not None and previous.fingerprint == current and self._status() in _DEPLOYED:
            return previous
        source = read_template(self._template)
        parameters = with_defaults(self._parameters, source)
        streaming = streaming_functions(source)
        translated = translate(source, parameters, self._emulator.session)
        unsupported = unsupported_resources(translated)
        self._apply(run_from_working_tree(without(translated, unsupported)), parameters)
        self._set_time_to_live(translated)
        return Deployment(
            fingerprint=current,
            outputs=self._outputs(),
            functions=self._physical_ids("AWS::Lambda::Function"),
            api=read_api(translated),
            streaming=streaming,
            worker=read_worker(translated, self._physical_ids() | parameters),
            limits=Limits.of(parameters),
            unsupported=unsupported,
        )

    def _fingerprint(self) -> str:
        own_code = sorted(Path(__file__).parent.glob("*.py"))
        parameters = (
            json.dumps(self._parameters),
            self._emulator.endpoint_url,
            str(self._logs),
            PINNED_VERSION,
        )
        return fingerprint([*source_files(self._template), *own_code], *parameters)

    def _apply(self, template: dict[str, Any], parameters: dict[str, str]) -> None:
        self._clear_failed_creation()
        exists = self._status() is not None
        change = self._emulator.cloudformation.update_stack if exists else self._emulator.cloudformation.create_stack
        try:
            change(StackName=STACK_NAME, **self._arguments(template, parameters))
        except ClientError as error:
            if "No updates" not in str(error):
                raise DeployFailed(f"The emulator rejects template.yaml: {error}") from error
        self._wait()

    def _arguments(self, template: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
        self._emulator.s3.create_bucket(Bucket=_ARTIFACTS)
        self._emulator.s3.put_object(
            Bucket=_ARTIFACTS, Key="template.json", Body=json.dumps(template, default=str).encode()
        )
        return {
            "TemplateURL": f"{self._emulator.endpoint_url}/{_ARTIFACTS}/template.json",
            "Capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        }

    def _clear_failed_creation(self) -> None:
        """A stack whose creation did not finish, for example because it was killed, must be deleted first."""
        status = self._status()
        if status and status.startswith(("CREATE_FAILED", "CREATE_IN_PROGRESS", "ROLLBACK", "DELETE")):
            self._emulator.cloudformation.delete_stack(StackName=STACK_NAME)
            while self._status() not in (None, "DELETE_COMPLETE"):
                time.sleep(0.05)

    def _wait(self) -> None:
        while (status := self._status()) and status.endswith("IN_PROGRESS"):
            time.sleep(0.05)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise DeployFailed(f"template.yaml could not be deployed ({status}):\n{self._failures()}")

    def _failures(self) -> str:
        events = self._emulator.cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
        return "\n".join(
            f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
            for event in events
            if "FAILED" in event["ResourceStatus"]
        )

    def _set_time_to_live(self, template: dict[str, Any]) -> None:
        """The emulator's CloudFormation silently ignores the TTL of a table."""
        tables = self._physical_ids("AWS::DynamoDB::Table")
        for name, table in tables.items():
            specification = template["Resources"][name]["Properties"].get("TimeToLiveSpecification")
            status = self._emulator.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
            if specification and status.get("TimeToLiveStatus") != "ENABLED":
                self._emulator.dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)

    def _stack(self) -> StackTypeDef | None:
        try:
            return self._emulator.cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        except ClientError:
            return None

    def _status(self) -> str | None:
        stack = self._stack()
        return stack["StackStatus"] if stack else None

    def _outputs(self) -> dict[str, str]:
        stack = self._stack()
        outputs = stack.get("Outputs", []) if stack else []
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def _physical_ids(self, type_: str | None = None) -> dict[str, str]:
        pages = self._emulator.cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK_NAME)
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
            if type_ in (None, resource["ResourceType"])
        }
