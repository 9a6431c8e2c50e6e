"""Runs every Python function as a custom runtime: AWS's Lambda runtime client on the working tree.

Nothing is packaged or copied: an edit takes effect at the next cold start. Errors keep their type, to which Retry and
Catch in the state machines refer.
"""

from __future__ import annotations

import io
import shlex
import sys
import zipfile
from pathlib import Path
from typing import Any

from local.settings import REPOSITORY

_BOOTSTRAP = """#!/bin/sh
cd {repository} || exit 1
export PYTHONPATH={repository}:{repository}/layers/core:{repository}/clients/python LAMBDA_TASK_ROOT={repository}
unset LOG_LEVEL
exec {python} -m awslambdaric "$_HANDLER" >>{logs}/"$_HANDLER.log" 2>&1
"""
"""`LOG_LEVEL` is set for the emulator; Powertools would apply it to the functions, too."""
# Properties that apply to AWS only: the source of the code, and the machine.
_NOT_LOCAL = ("Code", "PackageType", "ImageConfig", "Layers", "Architectures", "VpcConfig", "SnapStart")


def bootstrap_zip(logs: Path, repository: Path = REPOSITORY) -> bytes:
    """The same for every function; equal paths give equal bytes."""
    paths = {"repository": repository, "python": sys.executable, "logs": logs}
    script = _BOOTSTRAP.format(**{name: shlex.quote(str(path)) for name, path in paths.items()})
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(entry, script)
    return packed.getvalue()


def run_from_working_tree(template: dict[str, Any], code: dict[str, str]) -> dict[str, Any]:
    """A translated template whose Python and image functions start `code`, the uploaded bootstrap."""
    resources = {
        name: _local_function(resource, code) if _is_python(resource) else resource
        for name, resource in template["Resources"].items()
    }
    return template | {"Resources": resources}


def _is_python(resource: dict[str, Any]) -> bool:
    if resource["Type"] != "AWS::Lambda::Function":
        return False
    properties = resource["Properties"]
    return properties.get("PackageType") == "Image" or str(properties.get("Runtime")).startswith("python")


def _local_function(resource: dict[str, Any], code: dict[str, str]) -> dict[str, Any]:
    properties = resource["Properties"]
    local = {key: value for key, value in properties.items() if key not in _NOT_LOCAL}
    return resource | {
        "Properties": local | {"Runtime": "provided.al2023", "Handler": _handler(properties), "Code": code}
    }


def _handler(properties: dict[str, Any]) -> str:
    command = properties.get("ImageConfig", {}).get("Command")
    handler: str = command[0] if command else properties["Handler"]
    return handler
