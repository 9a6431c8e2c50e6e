"""The local stack deploys template.yaml without the resources of one explicit list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from boto3 import Session
from cinedex.api.auth import PUBLIC_PATHS

from local.deploy.api import read_api
from local.deploy.deployment import Deployment, Limits, fingerprint, streaming_functions
from local.deploy.functions import run_from_working_tree
from local.deploy.parameters import with_defaults
from local.deploy.template import read_template, translate
from local.deploy.unsupported_resources import unsupported_resources, without
from local.deploy.worker import read_worker
from local.settings import REPOSITORY

CODE = {"ZipFile": "The process of the function imports the handler from the working tree."}


def test_a_reference_to_an_unsupported_resource_has_no_value() -> None:
    template: dict[str, Any] = {
        "Resources": {
            "Cluster": {"Type": "AWS::ECS::Cluster"},
            "Rule": {
                "Type": "AWS::Events::Rule",
                "DependsOn": ["Cluster", "Queue"],
                "Properties": {"Targets": [{"Arn": {"Fn::GetAtt": ["Cluster", "Arn"]}, "Id": "1"}]},
            },
            "Queue": {"Type": "AWS::SQS::Queue"},
        },
        "Outputs": {"Name": {"Value": {"Fn::Sub": "x/${Cluster}"}}, "Url": {"Value": {"Ref": "Queue"}}},
    }
    left = without(template, unsupported_resources(template))
    assert left["Resources"]["Rule"]["DependsOn"] == ["Queue"]
    assert left["Resources"]["Rule"]["Properties"]["Targets"] == [{"Arn": {"Ref": "AWS::NoValue"}, "Id": "1"}]
    assert left["Outputs"] == {"Url": {"Value": {"Ref": "Queue"}}}


def test_every_unsupported_resource_has_a_reason() -> None:
    (dropped,) = unsupported_resources({"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}}})
    assert (dropped.logical_id, dropped.reason) == ("Vpc", "everything listens on the loopback interface")


def test_a_python_function_runs_from_the_working_tree() -> None:
    function = _deployed({"Handler": "functions.a.handler", "Runtime": "python3.13", "Layers": ["x"], "Code": {}})
    assert function == {"Handler": "functions.a.handler", "Runtime": "provided.al2023", "Code": CODE}


def test_a_burst_waits_locally_where_aws_would_refuse_it() -> None:
    """The emulator would enforce reserved concurrency; its pools have limits of their own."""
    function = _deployed({"Handler": "functions.a.handler", "Runtime": "python3.13", "ReservedConcurrentExecutions": 2})
    assert "ReservedConcurrentExecutions" not in function


def test_the_limits_of_the_gateway_are_the_parameters_of_the_template() -> None:
    assert Limits.of({"ApiConcurrency": "8", "RequestBurst": "40"}) == Limits(api_concurrency=8, request_burst=40)
    assert Limits.of({"ApiConcurrency": "0"}) == Limits(), "one machine always has a limit"


def test_an_image_function_has_the_handler_of_the_command_of_the_image() -> None:
    image = {"PackageType": "Image", "ImageConfig": {"Command": ["functions.b.handler"]}, "Timeout": 9}
    assert _deployed(image) == {
        "Handler": "functions.b.handler",
        "Runtime": "provided.al2023",
        "Code": CODE,
        "Timeout": 9,
    }


def test_routes_and_their_authorizers_come_from_the_openapi_document() -> None:
    api = read_api({"Resources": {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": _openapi()}}}})
    assert [(route.method, route.path, route.function, route.authorizer) for route in api.routes] == [
        ("GET", "/health", "ApiFunction", None),
        ("ANY", "/v2/{proxy+}", "ApiFunction", "KeysFunction"),
    ]
    assert api.cors is not None
    assert (api.cors.allow_origins, api.cors.max_age_s) == (("*",), 60)


def test_only_the_public_routes_of_the_template_have_no_authorizer() -> None:
    declared = read_template(REPOSITORY / "template.yaml")
    values = with_defaults({"Stage": "test"}, declared)
    api = read_api(translate(declared, values, Session(region_name="us-east-1")))
    public = {(route.method, route.path) for route in api.routes if route.authorizer is None}
    assert public == {(method, path) for method in ("GET", "HEAD") for path in PUBLIC_PATHS}
    assert "$default" in {route.path for route in api.routes}


def test_the_worker_gets_the_environment_of_its_container() -> None:
    container = {
        "EntryPoint": ["python", "-m", "worker"],
        "Environment": [
            {"Name": "QUEUE", "Value": {"Ref": "Queue"}},
            {"Name": "PROFILE", "Value": "cpu"},
            {"Name": "REGION", "Value": {"Ref": "AWS::Region"}},
        ],
    }
    task = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": [container]}}
    worker = read_worker({"Resources": {"Task": task}}, {"Queue": "http://queue"})
    assert worker is not None
    assert worker.environment == {"QUEUE": "http://queue", "PROFILE": "cpu"}


def test_a_streaming_function_declares_its_paths() -> None:
    metadata = {"StreamingPaths": ["/v2/stream"], "StreamingApp": "app:app"}
    (streaming,) = streaming_functions({"Resources": {"F": {"Type": "T", "Metadata": metadata}, "G": {}}})
    assert (streaming.function, streaming.application, streaming.paths) == ("F", "app:app", ("/v2/stream",))


def test_any_change_of_what_is_deployed_changes_the_fingerprint(tmp_path: Path) -> None:
    source = tmp_path / "template.yaml"
    source.write_text("a")
    before = fingerprint([source], "stage")
    assert before == fingerprint([source], "stage")
    assert before != fingerprint([source], "other")
    source.write_text("b")
    assert before != fingerprint([source], "stage")


def test_a_record_of_an_incompatible_version_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "deployment.json"
    assert Deployment.read(file) is None
    file.write_text('{"fingerprint": "x"}')
    assert Deployment.read(file) is None


def _deployed(properties: dict[str, Any]) -> dict[str, Any]:
    template = {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    deployed: dict[str, Any] = run_from_working_tree(template)["Resources"]["F"]["Properties"]
    return deployed


def _openapi() -> dict[str, Any]:
    def uri(function: str) -> dict[str, str]:
        return {"Fn::Sub": f"arn:aws:apigateway:eu:lambda:path/functions/${{{function}.Arn}}/invocations"}

    def operation(**extra: Any) -> dict[str, Any]:
        return {"x-amazon-apigateway-integration": {"uri": uri("ApiFunction")}, **extra}

    scheme = {"x-amazon-apigateway-authorizer": {"authorizerUri": uri("KeysFunction")}}
    return {
        "paths": {
            "/health": {"get": operation(security=[{"NONE": []}])},
            "/v2/{proxy+}": {"x-amazon-apigateway-any-method": operation(security=[{"Keys": []}])},
        },
        "components": {"securitySchemes": {"Keys": scheme}},
        "x-amazon-apigateway-cors": {"allowOrigins": ["*"], "maxAge": 60},
    }


@pytest.mark.parametrize("resource_type", ["AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup"])
def test_the_reasons_of_alarms_and_log_groups_name_the_logs_in_the_home_folder(resource_type: str) -> None:
    (unsupported,) = unsupported_resources({"Resources": {"Name": {"Type": resource_type}}})
    assert unsupported.reason.endswith("the folder logs in the home folder of the stack")
