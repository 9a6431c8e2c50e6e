"""One running local stack: what `cinedex up`, `make demo` and the integration tests stand on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.api_key import ensure_api_key
from local.data_check import repair_data
from local.deploy.deployment import Deployment
from local.deploy.parameters import template_parameters
from local.deploy.stack import Deployer
from local.emulator import launch
from local.emulator.clients import EmulatorClients
from local.home import Home
from local.loopback import LOOPBACK
from local.ports import free_port, remembered_port, require_free
from local.process_specs import Children
from local.processes.orphans import end_orphans
from local.processes.supervisor import Supervisor
from local.settings import LocalSettings

logger = logging.getLogger(__name__)

Report = Callable[[str], None]


@dataclass(frozen=True)
class RunningStack:
    """Where everything is; valid inside `running_stack`."""

    home: Home
    url: str
    api_key: str | None
    emulator: EmulatorClients
    deployment: Deployment
    supervisor: Supervisor


@contextmanager
def running_stack(
    home: Path, port: int = 0, *, template: Path | None = None, report: Report = logger.info
) -> Iterator[RunningStack]:
    """Start the whole product on `port` (0: a free one) with the data in `home`; stop it at the end.

    Args:
        report: told one sentence at each step.

    Raises:
        LocalStackError: with what is wrong and how to fix it.
    """
    folder = Home(home).prepare()
    with folder.locked() as announce:
        gateway_port = require_free(port)
        announce(f"http://{LOOPBACK}:{gateway_port}")
        _clean_up(folder, report)
        start = _Start(folder, gateway_port, template or LocalSettings().template, report)
        try:
            yield start.bring_up()
        finally:
            start.supervisor.stop()


def _clean_up(home: Home, report: Report) -> None:
    if ended := end_orphans(home.root):
        report(f"Ended {len(ended)} processes that an earlier start left behind.")
    for sentence in repair_data(home):
        report(f"Repaired: {sentence}.")


class _Start:
    """The order in which things come up."""

    def __init__(self, home: Home, port: int, template: Path, report: Report) -> None:
        self._home = home
        self._port = port
        self._report = report
        self._url = f"http://{LOOPBACK}:{port}"
        emulator_port = remembered_port(home.emulator_port)
        self._children = Children(home, emulator_port)
        self._emulator = EmulatorClients(launch.endpoint_url(emulator_port))
        self._deployer = Deployer(
            template, template_parameters(home, LocalSettings()), emulator=self._emulator, logs=home.logs
        )
        self.supervisor = Supervisor(home.root, home.logs / "watchdog.log")

    def bring_up(self) -> RunningStack:
        emulator = self.supervisor.launch(self._children.emulator(), restarted=self._recover)
        emulator.wait_until_healthy()
        self._report("The AWS emulator is up.")
        deployment = self._deploy()
        self._report(f"template.yaml is deployed: {len(deployment.functions)} functions.")
        # Before anybody can start something new, so that all that is open was cut short.
        self._resume_analyses(deployment)
        self._launch_web(deployment)
        key = self._api_key(deployment)
        self._launch_worker(deployment)
        self.supervisor.watch()
        return RunningStack(self._home, self._url, key, self._emulator, deployment, self.supervisor)

    def _deploy(self) -> Deployment:
        deployment = self._deployer.deploy(Deployment.read(self._home.deployment))
        deployment.write(self._home.deployment)
        return deployment

    def _launch_worker(self, deployment: Deployment) -> None:
        """Last, for it keeps every core busy while it loads its models, and tasks wait for it in their queue."""
        if deployment.worker is not None:
            self.supervisor.launch(self._children.worker(deployment.worker))

    def _launch_web(self, deployment: Deployment) -> None:
        ports = {streaming.function: free_port() for streaming in deployment.streaming}
        specs = [
            self._children.streaming(streaming, ports[streaming.function], self._environment_of(name))
            for streaming in deployment.streaming
            for name in [deployment.functions[streaming.function]]
        ]
        specs.append(self._children.gateway(self._port, deployment, ports))
        for child in [self.supervisor.launch(spec) for spec in specs]:
            child.wait_until_healthy()

    def _environment_of(self, function_name: str) -> dict[str, str]:
        configuration = self._emulator.functions.get_function_configuration(FunctionName=function_name)
        return dict(configuration.get("Environment", {}).get("Variables", {}))

    def _recover(self) -> None:
        """After the emulator was killed and started again with its data."""
        try:
            self._resume_analyses(self._deploy())
        except (BotoCoreError, ClientError):
            logger.exception("the analyses could not be resumed")

    def _resume_analyses(self, deployment: Deployment) -> None:
        """What was running when the emulator ended has failed in its state machine: take it up again."""
        function = deployment.outputs.get("ResumeAnalysesFunctionName")
        if function:
            self._emulator.functions.invoke(
                FunctionName=function, InvocationType="Event", Payload=b'{"after_restart": true}'
            )

    def _api_key(self, deployment: Deployment) -> str | None:
        """None for a template without keys."""
        if "AuthorizeRequestFunctionName" not in deployment.outputs:
            return None
        return ensure_api_key(self._home, deployment, self._emulator)
