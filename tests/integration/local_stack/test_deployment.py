"""A template is deployed once, completely, and again only when it changed."""

from __future__ import annotations

from local.deploy.deployment import Deployment
from local.deploy.parameters import template_parameters
from local.deploy.stack import STACK_NAME, Deployer
from local.settings import LocalSettings
from local.stack import RunningStack
from tests.support.stack import FIXTURE_TEMPLATE


def deployer(stack: RunningStack, **parameters: str) -> Deployer:
    defaults = template_parameters(stack.home, LocalSettings())
    return Deployer(FIXTURE_TEMPLATE, defaults | parameters, emulator=stack.emulator, logs=stack.home.logs)


def test_an_unchanged_template_is_not_deployed_again(fixture_stack: RunningStack) -> None:
    before = _events(fixture_stack)
    assert deployer(fixture_stack).deploy(fixture_stack.deployment) is fixture_stack.deployment
    assert _events(fixture_stack) == before


def test_a_changed_parameter_updates_the_stack_and_keeps_its_data(fixture_stack: RunningStack) -> None:
    table = fixture_stack.deployment.outputs["TableName"]
    dynamodb = fixture_stack.emulator.dynamodb
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "kept"}})
    changed = deployer(fixture_stack, Stage="changed").deploy(fixture_stack.deployment)
    assert changed.fingerprint != fixture_stack.deployment.fingerprint
    assert "Item" in dynamodb.get_item(TableName=table, Key={"pk": {"S": "kept"}})


def test_the_time_to_live_of_a_table_is_set(fixture_stack: RunningStack) -> None:
    table = fixture_stack.deployment.outputs["TableName"]
    described = fixture_stack.emulator.dynamodb.describe_time_to_live(TableName=table)
    assert described["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expires_at",
    }


def test_unsupported_resources_are_recorded_with_their_reason(fixture_stack: RunningStack) -> None:
    stored = Deployment.read(fixture_stack.home.deployment)
    assert stored is not None
    assert {resource.type for resource in stored.unsupported} >= {"AWS::ECS::Cluster", "AWS::Lambda::LayerVersion"}
    assert all(resource.reason for resource in stored.unsupported)
    assert "ClusterArn" not in stored.outputs


def _events(stack: RunningStack) -> int:
    return len(stack.emulator.cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"])
