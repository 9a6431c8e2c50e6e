"""Command, environment and health check of each process of the stack."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from local.deploy.deployment import Deployment, StreamingFunction
from local.deploy.worker import WorkerProcess
from local.emulator import launch
from local.emulator.access import EmulatorAccess
from local.errors import DeployFailed
from local.gateway.health import HEALTH_PATH
from local.home import Home
from local.loopback import LOOPBACK
from local.processes.child import ChildSpec
from local.settings import PYTHONPATH, LocalSettings


class ProcessSpecs:
    """The process specs of one stack.

    Args:
        secrets: environment variables of the functions that no deployment contains.
    """

    def __init__(self, home: Home, access: EmulatorAccess, secrets: Mapping[str, str] = MappingProxyType({})) -> None:
        self._home, self._access, self._secrets = home, access, secrets

    def emulator(self) -> ChildSpec:
        processes = LocalSettings().function_processes
        return ChildSpec(
            name="emulator",
            command=launch.command(),
            environment={**launch.environment(self._home, self._access, processes), **self._secrets},
            log=self._home.logs / "emulator.log",
            health_url=launch.health_url(self._access),
        )

    def worker(self, worker: WorkerProcess) -> ChildSpec:
        """It has a longer grace period than the others: at its end it returns its current task to the queue."""
        python, *arguments = worker.command
        if python != "python":
            raise DeployFailed(f"The worker's command must start with 'python', not {python!r}.")
        environment = {**worker.environment, **launch.models(self._home)}
        environment["MEDIA_CACHE_DIR"] = str(self._home.temporary / "media")
        return replace(self._python("worker", arguments, environment), stop_grace_s=20.0)

    def streaming(self, streaming: StreamingFunction, port: int, environment: Mapping[str, str]) -> ChildSpec:
        """Runs the web application of the function, as the Lambda Web Adapter does, with the function's environment."""
        arguments = ["-m", "local.gateway.streaming_server", streaming.application, str(port)]
        variables = {**environment, **self._secrets}
        return self._python(streaming.function, arguments, variables, f"http://{LOOPBACK}:{port}/")

    def gateway(self, port: int, deployment: Deployment, streaming_ports: Mapping[str, int]) -> ChildSpec:
        streams = [
            f"{path}=http://{LOOPBACK}:{streaming_ports[streaming.function]}"
            for streaming in deployment.streaming
            for path in streaming.paths
        ]
        arguments = ["-m", "local.gateway", str(self._home.deployment), str(port), *streams]
        return self._python("gateway", arguments, self._secrets, f"http://{LOOPBACK}:{port}{HEALTH_PATH}")

    def _python(
        self, name: str, arguments: list[str], environment: Mapping[str, str], health_url: str | None = None
    ) -> ChildSpec:
        client = launch.client_environment(self._access)
        return ChildSpec(
            name=name,
            command=[sys.executable, *arguments],
            environment={**client, "PYTHONPATH": PYTHONPATH, "PYTHONUNBUFFERED": "1", **environment},
            log=self._home.logs / f"{name}.log",
            health_url=health_url,
        )
