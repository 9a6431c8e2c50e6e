"""A record of what was deployed: stored in the home folder, read by the gateway, compared at the next start."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from local.deploy.api import Api
from local.deploy.unsupported_resources import UnsupportedResource
from local.deploy.worker import WorkerProcess


class StreamingFunction(BaseModel):
    """A function whose responses stream: a web application of its own, as under the Lambda Web Adapter."""

    model_config = ConfigDict(frozen=True)

    function: str
    application: str
    paths: tuple[str, ...]


class Limits(BaseModel):
    """
    Args:
        api_concurrency: requests that each function of the API processes at once.
        request_burst: requests that may wait for it.
    """

    model_config = ConfigDict(frozen=True)

    api_concurrency: int = 16
    request_burst: int = 500

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Limits:
        """From the parameters of the template; 0 means the default, because a machine always has a limit."""
        names = {"api_concurrency": "ApiConcurrency", "request_burst": "RequestBurst"}
        return cls(
            **{field: int(value) for field, name in names.items() if (value := parameters.get(name, "0")) != "0"}
        )


class Deployment(BaseModel):
    """`functions` maps logical ids to function names; `outputs` are those of the stack."""

    model_config = ConfigDict(frozen=True)

    fingerprint: str
    outputs: dict[str, str]
    functions: dict[str, str]
    api: Api
    streaming: tuple[StreamingFunction, ...]
    worker: WorkerProcess | None
    limits: Limits = Limits()
    # Version 0.1 called the field `dropped`.
    unsupported: tuple[UnsupportedResource, ...] = Field(validation_alias=AliasChoices("unsupported", "dropped"))

    @property
    def has_api_keys(self) -> bool:
        """Whether its requests are authorized, which those of a template of the tests are not."""
        return "AuthorizeRequestFunctionName" in self.outputs

    def write(self, file: Path) -> None:
        temporary = file.with_suffix(".tmp")
        temporary.write_text(self.model_dump_json(indent=1))
        temporary.replace(file)

    @classmethod
    def read(cls, file: Path) -> Deployment | None:
        """None when there is no record, or when an incompatible version of this program wrote it."""
        try:
            return cls.model_validate_json(file.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None


def fingerprint(sources: list[Path], *parameters: str) -> str:
    """SHA-256 of the files and of every other value that changes the deployment."""
    digest = hashlib.sha256()
    for part in [*(file.read_bytes() for file in sources), *(text.encode() for text in parameters)]:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def streaming_functions(template: dict[str, Any]) -> tuple[StreamingFunction, ...]:
    """Functions whose `Metadata` names `StreamingPaths` and the ASGI `StreamingApp` that answers them."""
    return tuple(
        StreamingFunction(function=name, application=metadata["StreamingApp"], paths=metadata["StreamingPaths"])
        for name, resource in template["Resources"].items()
        if "StreamingPaths" in (metadata := resource.get("Metadata") or {})
    )
