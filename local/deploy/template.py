"""template.yaml read and translated from SAM to CloudFormation, as AWS does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from boto3 import Session

# A stand-in that satisfies SAM: the code itself is put in place after the translation.
_CODE = {"Bucket": "local", "Key": "bootstrap.zip"}
_IMAGE = "local:latest"


def source_files(path: Path) -> list[Path]:
    """Everything a deployment of this template is made of, for its fingerprint."""
    return [path, *sorted((path.parent / "statemachines").glob("*.yaml"))]


def read_template(path: Path) -> dict[str, Any]:
    """The template as written, with state machine definitions inlined."""
    from samtranslator.yaml_helper import yaml_parse

    template: dict[str, Any] = yaml_parse(path.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::StateMachine":
            _inline_definition(resource["Properties"], path.parent)
    return template


def translate(template: dict[str, Any], parameters: dict[str, str], session: Session) -> dict[str, Any]:
    """SAM to CloudFormation; `session` gives the region."""
    # Importing the translator takes 0.8 s, which an unchanged deployment does not need.
    from samtranslator.metrics.metrics import DummyMetricsPublisher, Metrics
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    metrics = Metrics(metrics_publisher=DummyMetricsPublisher())
    # Managed policies stay names: the emulator enforces none.
    translator = Translator({}, Parser(), boto_session=session, metrics=metrics)
    translated: dict[str, Any] = translator.translate(
        _with_code(template), parameter_values=dict(parameters), passthrough_metadata=True
    )
    # It warns in the log when nobody has taken its metrics.
    metrics.publish()
    return translated


def _inline_definition(properties: dict[str, Any], folder: Path) -> None:
    from samtranslator.yaml_helper import yaml_parse

    uri = properties.pop("DefinitionUri", None)
    if uri is not None:
        properties["Definition"] = yaml_parse((folder / uri).read_text())


def _with_code(template: dict[str, Any]) -> dict[str, Any]:
    code_globals = template.get("Globals", {}).get("Function", {})
    if "CodeUri" in code_globals:
        code_globals["CodeUri"] = _CODE
    for resource in template["Resources"].values():
        properties = resource.setdefault("Properties", {})
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = _CODE
        if resource["Type"] == "AWS::Serverless::Function":
            _give_code(properties)
    return template


def _give_code(properties: dict[str, Any]) -> None:
    if properties.get("PackageType") == "Image":
        properties["ImageUri"] = _IMAGE
    else:
        properties["CodeUri"] = _CODE
