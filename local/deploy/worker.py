"""The command and environment of the worker in template.yaml, with references resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict


class WorkerProcess(BaseModel):
    model_config = ConfigDict(frozen=True)

    command: tuple[str, ...]
    environment: dict[str, str]


def read_worker(template: Mapping[str, Any], references: Mapping[str, str]) -> WorkerProcess | None:
    """None when the template has no worker; variables that only AWS can resolve are omitted.

    Args:
        references: the value of `Ref` for resources and parameters.
    """
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::ECS::TaskDefinition":
            container = resource["Properties"]["ContainerDefinitions"][0]
            return WorkerProcess(
                command=(*container["EntryPoint"], *container.get("Command", ())),
                environment=_resolved(container.get("Environment", []), references),
            )
    return None


def _resolved(variables: list[dict[str, Any]], references: Mapping[str, str]) -> dict[str, str]:
    values = {variable["Name"]: _value(variable["Value"], references) for variable in variables}
    return {name: value for name, value in values.items() if value is not None}


def _value(value: Any, references: Mapping[str, str]) -> str | None:
    if isinstance(value, dict):
        return references.get(value.get("Ref", ""))
    return str(value)
