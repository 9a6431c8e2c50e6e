"""`cinedex up` as a user runs it: it starts once, reports what prevents a start, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.errors import AlreadyRunning, PortInUse
from local.home import Home
from local.loopback import LOOPBACK
from local.ports import free_port
from local.settings import REPOSITORY
from tests.support.processes import is_alive
from tests.support.stack import FIXTURE_TEMPLATE

Eventually = Callable[[Callable[[], bool]], None]


class Up:
    """Starts `cinedex up` in one home, once or several times."""

    def __init__(self, home: Path) -> None:
        self.home = Home(home)
        self.started: list[subprocess.Popen[str]] = []

    def start(self, port: int = 0) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "CINEDEX_HOME": str(self.home.root),
            "CINEDEX_TEMPLATE": str(FIXTURE_TEMPLATE),
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/layers/core:{REPOSITORY}/clients/python",
        }
        command = [sys.executable, "-m", "cinedex_client.cli", "up", "--port", str(port)]
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def start_and_wait(self) -> tuple[subprocess.Popen[str], str]:
        """The process and what it printed until everything was up."""
        process = self.start()
        printed = ""
        assert process.stdout is not None
        for line in process.stdout:
            printed += line
            if "Ctrl-C stops" in line:
                return process, printed
        pytest.fail(f"it did not come up (status {process.wait()}):\n{printed}")


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    starter = Up(tmp_path / "home")
    yield starter
    for process in starter.started:
        process.terminate()
        process.wait()


def test_it_prints_its_address_and_the_duration_of_the_start(up: Up) -> None:
    _, printed = up.start_and_wait()
    held = up.home.running()
    assert held is not None
    assert held.url in printed
    assert "Cinedex is up (" in printed


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_and_sigint_end_every_child(up: Up, ending: signal.Signals) -> None:
    process, _ = up.start_and_wait()
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 4
    process.send_signal(ending)
    printed, _ = process.communicate()
    assert "All data is kept" in printed
    assert process.returncode == 0
    assert not up.home.emulator_secret.exists()
    assert [child for child in family if is_alive(child)] == []


def test_an_open_home_is_closed_before_anything_is_written_to_it(up: Up) -> None:
    up.home.root.mkdir(mode=0o755)
    (up.home.root / "search.sqlite").touch(0o644)
    up.start_and_wait()
    assert stat.S_IMODE(up.home.root.stat().st_mode) == 0o700
    assert [file for file in up.home.root.iterdir() if file.stat().st_mode & 0o077] == []


def test_a_killed_supervisor_leaves_no_processes_for_the_next_start(up: Up, eventually: Eventually) -> None:
    process, _ = up.start_and_wait()
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    again, _ = up.start_and_wait()
    mine = {child.pid for child in psutil.Process(again.pid).children(recursive=True)}
    eventually(lambda: not [child for child in family if is_alive(child) and child.pid not in mine])


def test_data_is_kept_until_the_next_start(up: Up) -> None:
    process, _ = up.start_and_wait()
    clients, table = _library(up.home)
    clients.dynamodb.put_item(TableName=table, Item={"pk": {"S": "kept"}})
    process.terminate()
    process.communicate()
    up.start_and_wait()
    clients, table = _library(up.home)
    assert "Item" in clients.dynamodb.get_item(TableName=table, Key={"pk": {"S": "kept"}})


def test_a_port_in_use_is_reported_and_no_process_is_started(up: Up) -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        process = up.start(port)
        printed, _ = process.communicate()
    assert process.returncode == PortInUse.exit_code
    assert f"Port {port}" in printed
    assert "CINEDEX_PORT" in printed
    assert not up.home.deployment.exists()


def test_a_second_start_in_the_same_home_is_rejected(up: Up) -> None:
    first, _ = up.start_and_wait()
    second = up.start(free_port())
    printed, _ = second.communicate()
    assert second.returncode == AlreadyRunning.exit_code
    assert str(first.pid) in printed


def _library(home: Home) -> tuple[EmulatorClients, str]:
    from local.deploy.deployment import Deployment

    deployment = Deployment.read(home.deployment)
    assert deployment is not None
    clients = EmulatorClients(EmulatorAccess.of_running_stack(home))
    return clients, deployment.outputs["TableName"]
