"""Deploys every Python function so that the emulator starts its handler from the working tree.

Nothing is packaged or copied: an edit takes effect when the process of the function is started again. Errors keep their
type, to which Retry and Catch in the state machines refer.
"""

from __future__ import annotations

from typing import Any

_CODE = {"ZipFile": "The process of the function imports the handler from the working tree."}
"""A function needs code to be deployed; `local.emulator.function_pools` reads the handler only."""
# Properties that apply to AWS only: the source of the code, and the machine.
_NOT_LOCAL = (
    "Code",
    "PackageType",
    "ImageConfig",
    "Layers",
    "Architectures",
    "VpcConfig",
    "SnapStart",
    "ReservedConcurrentExecutions",
)


def run_from_working_tree(template: dict[str, Any]) -> dict[str, Any]:
    """A translated template whose Python and image functions are started by the emulator as one runtime of its own."""
    resources = {
        name: _local_function(resource) if _is_python(resource) else resource
        for name, resource in template["Resources"].items()
    }
    return template | {"Resources": resources}


def _is_python(resource: dict[str, Any]) -> bool:
    if resource["Type"] != "AWS::Lambda::Function":
        return False
    properties = resource["Properties"]
    return properties.get("PackageType") == "Image" or str(properties.get("Runtime")).startswith("python")


def _local_function(resource: dict[str, Any]) -> dict[str, Any]:
    properties = resource["Properties"]
    local = {key: value for key, value in properties.items() if key not in _NOT_LOCAL}
    return resource | {
        "Properties": local | {"Runtime": "provided.al2023", "Handler": _handler(properties), "Code": _CODE}
    }


def _handler(properties: dict[str, Any]) -> str:
    command = properties.get("ImageConfig", {}).get("Command")
    handler: str = command[0] if command else properties["Handler"]
    return handler
