"""`template.yaml` and the state machine as they are written, for tests that hold the code to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATE = REPOSITORY / "template.yaml"
ANALYZE_VIDEO = REPOSITORY / "statemachines/analyze_video.asl.yaml"

FUNCTION = "AWS::Serverless::Function"
STATE_MACHINE = "AWS::Serverless::StateMachine"


class _TemplateLoader(yaml.SafeLoader):
    """Short forms of intrinsic functions read as their long forms."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_TemplateLoader.add_multi_constructor("!", _intrinsic)


@cache
def template() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _TemplateLoader)
    return loaded


def resource(logical_id: str) -> dict[str, Any]:
    definition: dict[str, Any] = template()["Resources"][logical_id]
    return definition


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {name: r for name, r in template()["Resources"].items() if r["Type"] == kind}


def entry_point(function: dict[str, Any]) -> str:
    """`functions.begin_analysis.handler`, however the function is packaged; a script as its path."""
    properties = function["Properties"]
    return str(properties["ImageConfig"]["Command"][0] if "ImageConfig" in properties else properties["Handler"])


@cache
def analyze_video() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(ANALYZE_VIDEO.read_text(encoding="utf-8"))
    return loaded


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state of a machine, those of branches and maps too."""
    for name, state in machine["States"].items():
        yield name, state
        for branch in state.get("Branches", ()):
            yield from states(branch)
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def placeholders(machine: dict[str, Any]) -> set[str]:
    """What `DefinitionSubstitutions` has to fill in."""
    return {name for text in strings(machine) for name in re.findall(r"\$\{(\w+)\}", text)}
