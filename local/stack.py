"""Starts and stops one local stack, for `cinedex up`, `make demo` and the integration tests."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from cinedex.adapters.sqlite import SqliteIndexVersions

from local.api_key import ensure_api_key
from local.data_check import repair_data
from local.deploy.deployment import Deployment
from local.deploy.parameters import template_parameters
from local.deploy.secret_variables import secret_variables
from local.deploy.stack import Deployer
from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.home import Home
from local.loopback import LOOPBACK
from local.ports import free_port, remembered_port, require_free
from local.private_files import private_umask
from local.process_specs import ProcessSpecs
from local.processes.orphans import end_orphans
from local.processes.supervisor import Supervisor
from local.selected_models import require_models
from local.settings import LocalSettings

AFTER_RESTART = b'{"after_restart": true}'

logger = logging.getLogger(__name__)

Report = Callable[[str], None]


@dataclass(frozen=True)
class RunningStack:
    """Addresses and handles of the stack; valid inside `running_stack`."""

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
        report: called with one sentence at each step.

    Raises:
        LocalStackError: with the problem and a hint.
    """
    folder = Home(home).prepare()
    folder.require_space()
    require_models(folder, LocalSettings())
    with private_umask(), folder.locked() as publish:
        gateway_port = require_free(port)
        publish(f"http://{LOOPBACK}:{gateway_port}")
        _clean_up(folder, report)
        start = _Start(folder, gateway_port, template or LocalSettings().template, report)
        try:
            yield start.start_all()
        finally:
            start.supervisor.stop()
            folder.emulator_secret.unlink(missing_ok=True)


def _clean_up(home: Home, report: Report) -> None:
    if ended := end_orphans(home.root):
        report(f"Ended {len(ended)} processes that an earlier start left behind.")
    for repair in repair_data(home):
        report(f"Repaired: {repair}.")
    search_files = SqliteIndexVersions(home.search_index)
    if search_files.outdated():
        report("Migrating the search index to the schema of this version …")
        search_files.migrate()


class _Start:
    """Starts the processes of a stack in order."""

    def __init__(self, home: Home, port: int, template: Path, report: Report) -> None:
        self._home = home
        self._port = port
        self._report = report
        self._url = f"http://{LOOPBACK}:{port}"
        settings, access = LocalSettings(), EmulatorAccess.create(remembered_port(home.emulator_port))
        access.store(home)
        self._specs = ProcessSpecs(home, access, secret_variables(settings))
        self._emulator = EmulatorClients(access)
        self._deployer = Deployer(
            template, template_parameters(home, settings), emulator=self._emulator, logs=home.logs
        )
        self.supervisor = Supervisor(home.root, home.logs / "watchdog.log")

    def start_all(self) -> RunningStack:
        emulator = self.supervisor.launch(self._specs.emulator(), restarted=self._recover)
        emulator.wait_until_healthy()
        self._report("The AWS emulator is up.")
        deployment = self._deploy()
        self._report(f"template.yaml is deployed: {len(deployment.functions)} functions.")
        # Before a client can start a new analysis, so that every unfinished analysis is an interrupted one.
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
        """Last, because it uses every core while it loads its models; tasks wait in their queue."""
        if deployment.worker is not None:
            self.supervisor.launch(self._specs.worker(deployment.worker))

    def _launch_web(self, deployment: Deployment) -> None:
        ports = {streaming.function: free_port() for streaming in deployment.streaming}
        specs = [
            self._specs.streaming(streaming, ports[streaming.function], self._environment_of(name))
            for streaming in deployment.streaming
            for name in [deployment.functions[streaming.function]]
        ]
        specs.append(self._specs.gateway(self._port, deployment, ports))
        for child in [self.supervisor.launch(spec) for spec in specs]:
            child.wait_until_healthy()

    def _environment_of(self, function_name: str) -> dict[str, str]:
        configuration = self._emulator.functions.get_function_configuration(FunctionName=function_name)
        return dict(configuration.get("Environment", {}).get("Variables", {}))

    def _recover(self) -> None:
        """Called after the emulator was killed and restarted with its data."""
        try:
            self._resume_analyses(self._deploy())
        except (BotoCoreError, ClientError):
            logger.exception("the analyses could not be resumed")

    def _resume_analyses(self, deployment: Deployment) -> None:
        """Executions that ran when the emulator ended have failed; this starts their next attempt."""
        for output in ("ResumeAnalysesFunctionName", "SweepDeletionsFunctionName", "ContinueBackfillsFunctionName"):
            if output in deployment.outputs:
                self._emulator.functions.invoke(
                    FunctionName=deployment.outputs[output], InvocationType="Event", Payload=AFTER_RESTART
                )

    def _api_key(self, deployment: Deployment) -> str | None:
        """None for a template without keys."""
        return ensure_api_key(self._home, self._url) if deployment.has_api_keys else None
