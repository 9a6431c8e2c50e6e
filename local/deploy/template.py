"""template.yaml read and translated from SAM to CloudFormation, as AWS does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from boto3 import Session

# A placeholder that satisfies SAM; the real code location is inserted after the translation.
_CODE = {"Bucket": "local", "Key": "bootstrap.zip"}
_IMAGE = "local:latest"


def source_files(path: Path) -> list[Path]:
    """All source files of a deployment of this template, for its fingerprint."""
    return [path, *sorted((path.parent / "statemachines").glob("*.yaml"))]


def read_template(path: Path) -> dict[str, Any]:
    """The untranslated template, with state machine definitions inlined."""
    from samtranslator.yaml_helper import yaml_parse

    template: dict[str, Any] = yaml_parse(path.read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::StateMachine":
            _inline_definition(resource["Properties"], path.parent)
    return template


def translate(template: dict[str, Any], parameters: dict[str, str], session: Session) -> dict[str, Any]:
    """SAM to CloudFormation; `session` gives the region."""
    # Imported here: the import takes 0.8 s, and an unchanged deployment does not need it.
    from samtranslator.metrics.metrics import DummyMetricsPublisher, Metrics
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    metrics = Metrics(metrics_publisher=DummyMetricsPublisher())
    # Names of managed policies are not resolved: the emulator enforces no policies.
    translator = Translator({}, Parser(), boto_session=session, metrics=metrics)
    translated: dict[str, Any] = translator.translate(
        _with_code(template), parameter_values=dict(parameters), passthrough_metadata=True
    )
    # Without this call it logs a warning about unpublished metrics.
    metrics.publish()
    return translated


def _inline_definition(properties: dict[str, Any], folder: Path) -> None:
    from samtranslator.yaml_helper import yaml_parse

    uri = properties.pop("DefinitionUri", None)
    if uri is not None:
        properties["Definition"] = yaml_parse((folder / uri).read_text(encoding="utf-8"))


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
